package io.quern.model;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Persistent threads that share the chunks of one parallel section at a time with the calling thread.
 *
 * <p>Every thread starts with a contiguous range of chunks, so that each core reads one sequential stream; whoever is
 * done takes chunks from the end of others' ranges. A thread that the system has descheduled delays a section by the
 * chunk it is in, at most: its unclaimed chunks are taken by the rest, and a section in which it has claimed nothing
 * does not wait for it. Between sections threads spin for {@value #SPIN_NANOS} ns, then park.
 *
 * <p>Several threads may call {@link #run}; a fair lock lets them alternate section by section. {@code run} allocates
 * nothing as long as callers do not have to queue for the lock.
 *
 * <p>Longer than most files here: claiming, waiting and waking rest on one another's memory order, and are read
 * together.
 */
public final class Workers implements AutoCloseable {
    /** A parallel section. Keep the object: one made anew for each section is garbage. */
    @FunctionalInterface
    public interface Task {
        /**
         * Does one chunk.
         *
         * @param chunk {@code 0 <= chunk < chunks}
         * @param worker {@code 0 <= worker <} {@link Workers#threadCount}; two chunks with the same number never
         *     run at the
         *     same time, so it may choose a buffer. The calling thread is 0
         */
        void run(int chunk, int worker);
    }

    private static final long SPIN_NANOS = 50_000;
    private static final int SPINS_BETWEEN_CLOCK_READS = 32;
    /** Longs from one range to the next: two cache lines, which x86 prefetches as a pair. */
    private static final int RANGE_STRIDE = 16;
    private static final VarHandle RANGES = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle REMAINING;

    static {
        try {
            REMAINING = MethodHandles.lookup().findVarHandle(Workers.class, "remaining", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final int threadCount;
    private final Worker[] workers;
    private final ReentrantLock sections = new ReentrantLock(true);
    /** For each thread the first unclaimed chunk (low half) and the limit of its range (high half). */
    private final long[] ranges;

    /** Written before the ranges are published, read after a chunk is claimed from them. */
    private Task task;

    private volatile int section;
    private volatile int remaining;
    private volatile Thread waiter;
    private volatile Throwable failure;
    private volatile boolean closed;

    /** As many threads as the machine has physical cores, or the process may use, if that is fewer. */
    public Workers() {
        this(PhysicalCores.count());
    }

    /**
     * @param threadCount threads that work on a section, the calling one included
     */
    public Workers(int threadCount) {
        if (threadCount < 1 || threadCount > 1024) {
            throw new IllegalArgumentException("thread count " + threadCount + " is not between 1 and 1024");
        }
        this.threadCount = threadCount;
        this.ranges = new long[(threadCount + 1) * RANGE_STRIDE];
        this.workers = new Worker[threadCount - 1];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker(i + 1);
            workers[i].start();
        }
    }

    /** Threads that work on a section, the calling one included. */
    public int threadCount() {
        return threadCount;
    }

    /**
     * Runs every chunk once and returns when all are done. What a chunk throws is rethrown here, the first if there are
     * several; chunks not yet begun are then left out.
     *
     * @throws IllegalStateException if called from inside a task of these workers, or after {@link #close}
     */
    public void run(int chunks, Task task) {
        if (sections.isHeldByCurrentThread() || Thread.currentThread() instanceof Worker w && w.owner() == this) {
            throw new IllegalStateException("Workers.run called from inside one of its own tasks");
        }
        sections.lock();
        try {
            if (closed) {
                throw new IllegalStateException("Workers.run called after close");
            }
            if (workers.length == 0 || chunks <= 1) {
                for (int chunk = 0; chunk < chunks; chunk++) {
                    task.run(chunk, 0);
                }
            } else {
                runShared(chunks, task);
            }
        } finally {
            sections.unlock();
        }
    }

    private void runShared(int chunks, Task task) {
        this.task = task;
        failure = null;
        remaining = chunks;
        for (int i = 0; i < threadCount; i++) {
            long first = (long) chunks * i / threadCount;
            long limit = (long) chunks * (i + 1) / threadCount;
            RANGES.setRelease(ranges, rangeIndex(i), limit << 32 | first);
        }
        section++; // only ever written under the lock
        for (Worker worker : workers) {
            worker.wake();
        }
        work(0);
        if (remaining != 0) {
            awaitOthers();
        }
        this.task = null; // the caller's, with all that it holds
        Throwable thrown = failure;
        if (thrown != null) {
            failure = null;
            rethrow(thrown);
        }
    }

    private void awaitOthers() {
        if (spinUntilDone()) {
            return;
        }
        boolean interrupted = false;
        waiter = Thread.currentThread();
        while (remaining != 0) {
            LockSupport.park(this);
            // An interrupt must not make park return at once for ever; the caller sees it afterwards.
            interrupted |= Thread.interrupted();
        }
        waiter = null;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean spinUntilDone() {
        long start = System.nanoTime();
        do {
            for (int i = 0; i < SPINS_BETWEEN_CLOCK_READS; i++) {
                if (remaining == 0) {
                    return true;
                }
                Thread.onSpinWait();
            }
        } while (System.nanoTime() - start < SPIN_NANOS);
        return false;
    }

    /** Does the chunks of one's own range, then what others have left. */
    private void work(int worker) {
        int done = 0;
        long chunk;
        while ((chunk = claimFirst(rangeIndex(worker))) >= 0) {
            runChunk((int) chunk, worker);
            done++;
        }
        for (int i = 1; i < threadCount; i++) {
            int victim = rangeIndex((worker + i) % threadCount);
            while ((chunk = claimLast(victim)) >= 0) {
                runChunk((int) chunk, worker);
                done++;
            }
        }
        if (done > 0 && (int) REMAINING.getAndAdd(this, -done) == done) {
            Thread caller = waiter;
            if (caller != null) {
                LockSupport.unpark(caller);
            }
        }
    }

    private void runChunk(int chunk, int worker) {
        if (failure != null) {
            return;
        }
        try {
            task.run(chunk, worker);
        } catch (Throwable t) {
            failure = t; // of several at the same moment any one will do
        }
    }

    private static int rangeIndex(int worker) {
        return (worker + 1) * RANGE_STRIDE;
    }

    // A claim that succeeds belongs to the section that is published now, even if this thread has slept through the
    // one it came for: the ranges are only refilled when all chunks are done, and the task is written before them.

    private long claimFirst(int index) {
        while (true) {
            long range = (long) RANGES.getAcquire(ranges, index);
            long first = range & 0xffffffffL;
            if (first >= range >>> 32) {
                return -1;
            }
            if (RANGES.compareAndSet(ranges, index, range, range + 1)) {
                return first;
            }
        }
    }

    private long claimLast(int index) {
        while (true) {
            long range = (long) RANGES.getAcquire(ranges, index);
            long limit = range >>> 32;
            if ((range & 0xffffffffL) >= limit) {
                return -1;
            }
            if (RANGES.compareAndSet(ranges, index, range, range - (1L << 32))) {
                return limit - 1;
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void rethrow(Throwable t) throws T {
        throw (T) t;
    }

    /** Waits for the section at work, then ends the threads. Closing again does nothing. */
    @Override
    public void close() {
        if (sections.isHeldByCurrentThread() || Thread.currentThread() instanceof Worker w && w.owner() == this) {
            throw new IllegalStateException("Workers.close called from inside one of its own tasks");
        }
        sections.lock();
        try {
            closed = true;
            for (Worker worker : workers) {
                LockSupport.unpark(worker);
            }
        } finally {
            sections.unlock();
        }
        boolean interrupted = false;
        for (Worker worker : workers) {
            while (worker.isAlive()) {
                try {
                    worker.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** A thread that waits for sections. */
    private final class Worker extends Thread {
        private final int number;
        private volatile boolean parked;

        Worker(int number) {
            super("quern-worker-" + number);
            setDaemon(true);
            this.number = number;
        }

        Workers owner() {
            return Workers.this;
        }

        void wake() {
            if (parked) {
                LockSupport.unpark(this);
            }
        }

        @Override
        public void run() {
            int seen = 0;
            while (awaitSection(seen)) {
                seen = section;
                work(number);
            }
        }

        /** Returns true when there is a section that this thread has not seen, false when there will be none. */
        private boolean awaitSection(int seen) {
            long start = System.nanoTime();
            do {
                for (int i = 0; i < SPINS_BETWEEN_CLOCK_READS; i++) {
                    if (section != seen) {
                        return true;
                    }
                    Thread.onSpinWait();
                }
            } while (System.nanoTime() - start < SPIN_NANOS);
            // First the flag, then another look at the section: the caller writes the section, then looks at the
            // flag, so one of the two sees the other (all four are volatile).
            parked = true;
            while (section == seen && !closed) {
                LockSupport.park(Workers.this);
                Thread.interrupted();
            }
            parked = false;
            return section != seen;
        }
    }
}
