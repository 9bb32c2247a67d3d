package io.quern.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WorkersTest {
    @Test
    void everyChunkRunsOnce() {
        for (int threads = 1; threads <= 5; threads++) {
            try (Workers workers = new Workers(threads)) {
                int limit = threads;
                for (int section = 0; section < 3000; section++) {
                    int chunks = section % 41;
                    int[] counts = new int[chunks]; // plain: visibility is part of what run promises
                    AtomicIntegerArray busy = new AtomicIntegerArray(threads);
                    workers.run(chunks, (chunk, worker) -> {
                        assertTrue(worker >= 0 && worker < limit, "worker " + worker);
                        assertEquals(1, busy.incrementAndGet(worker), "two chunks at once with one worker number");
                        counts[chunk]++;
                        busy.decrementAndGet(worker);
                    });
                    for (int chunk = 0; chunk < chunks; chunk++) {
                        assertEquals(1, counts[chunk], "chunk " + chunk + " of " + chunks + ", section " + section);
                    }
                }
            }
        }
    }

    @Test
    void wakesUpAfterParking() throws InterruptedException {
        try (Workers workers = new Workers(3)) {
            for (int section = 0; section < 40; section++) {
                Thread.sleep(section % 4);
                CountDownLatch all = new CountDownLatch(3);
                workers.run(3, (chunk, worker) -> {
                    all.countDown();
                    await(all); // returns only if three threads are at work at the same time
                });
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(30, TimeUnit.SECONDS), "a worker did not come");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void chunksOfABusyWorkerAreTakenByOthers() {
        try (Workers workers = new Workers(2)) {
            CountDownLatch others = new CountDownLatch(9);
            workers.run(10, (chunk, worker) -> {
                if (chunk == 5) {
                    await(others); // the first chunk of the second range waits for all the rest
                } else {
                    others.countDown();
                }
            });
            assertEquals(0, others.getCount());
        }
    }

    @Test
    void exceptionsReachTheCallerAndTheWorkersLiveOn() {
        try (Workers workers = new Workers(2)) {
            for (int bad = 0; bad < 20; bad++) {
                int failing = bad;
                var thrown = new IllegalArgumentException("chunk " + bad);
                assertSame(thrown, assertThrows(IllegalArgumentException.class, () -> workers.run(20, (chunk,
                        worker) -> {
                    if (chunk == failing) {
                        throw thrown;
                    }
                })));
                int[] counts = new int[20];
                workers.run(20, (chunk, worker) -> counts[chunk]++);
                for (int count : counts) {
                    assertEquals(1, count);
                }
            }
            assertThrows(StackOverflowError.class, () -> workers.run(4, (chunk, worker) -> {
                throw new StackOverflowError();
            }));
        }
    }

    @Test
    void sessionsShareTheWorkers() throws InterruptedException {
        try (Workers workers = new Workers(3)) {
            AtomicReference<Throwable> failure = new AtomicReference<>();
            List<Thread> sessions = new ArrayList<>();
            for (int s = 0; s < 4; s++) {
                sessions.add(Thread.ofPlatform().start(() -> {
                    try {
                        for (int section = 0; section < 1500; section++) {
                            int[] counts = new int[17];
                            workers.run(17, (chunk, worker) -> counts[chunk]++);
                            for (int count : counts) {
                                assertEquals(1, count);
                            }
                        }
                    } catch (Throwable t) {
                        failure.set(t);
                    }
                }));
            }
            for (Thread session : sessions) {
                session.join();
            }
            assertNull(failure.get());
        }
    }

    @Test
    void nestedUseIsRefused() {
        for (int threads = 1; threads <= 2; threads++) {
            try (Workers workers = new Workers(threads); Workers others = new Workers(2)) {
                CountDownLatch both = new CountDownLatch(2);
                workers.run(2, (chunk, worker) -> {
                    if (workers.threadCount() == 2) {
                        both.countDown();
                        await(both); // one chunk on each thread
                    }
                    assertThrows(IllegalStateException.class, () -> workers.run(2, (c, w) -> {}));
                    assertThrows(IllegalStateException.class, workers::close);
                    others.run(2, (c, w) -> {});
                });
            }
        }
    }

    @Test
    void interruptOfTheCallerIsKept() {
        try (Workers workers = new Workers(2)) {
            CountDownLatch started = new CountDownLatch(1);
            Thread.currentThread().interrupt();
            workers.run(2, (chunk, worker) -> {
                if (worker == 0) {
                    Thread.onSpinWait();
                } else {
                    java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
                }
                started.countDown();
            });
            assertTrue(Thread.interrupted());
        }
    }

    @Test
    void closeEndsTheThreads() {
        Workers workers = new Workers(3);
        List<Thread> seen = new ArrayList<>();
        CountDownLatch all = new CountDownLatch(3);
        workers.run(3, (chunk, worker) -> {
            synchronized (seen) {
                seen.add(Thread.currentThread());
            }
            all.countDown();
            await(all);
        });
        seen.remove(Thread.currentThread());
        assertEquals(2, seen.size());
        for (Thread thread : seen) {
            assertTrue(thread.isDaemon());
            assertTrue(thread.getName().startsWith("quern-worker-"), thread.getName());
        }
        workers.close();
        workers.close();
        for (Thread thread : seen) {
            assertFalse(thread.isAlive());
        }
        assertThrows(IllegalStateException.class, () -> workers.run(1, (chunk, worker) -> {}));
    }

    @Test
    void threadCountIsHonoured() {
        try (Workers workers = new Workers(7)) {
            assertEquals(7, workers.threadCount());
        }
        assertThrows(IllegalArgumentException.class, () -> new Workers(0));
        try (Workers workers = new Workers()) {
            assertTrue(workers.threadCount() >= 1);
            assertTrue(workers.threadCount() <= Runtime.getRuntime().availableProcessors());
        }
    }

    @Test
    void siblingThreadsCountAsOneCore(@TempDir Path folder) throws IOException {
        for (int cpu = 0; cpu < 8; cpu++) {
            Path topology = Files.createDirectories(folder.resolve("cpu" + cpu).resolve("topology"));
            Files.writeString(topology.resolve("thread_siblings_list"), cpu % 4 + "," + (cpu % 4 + 4) + "\n");
        }
        Files.createDirectories(folder.resolve("cpufreq"));
        assertEquals(4, PhysicalCores.count(folder));
        assertEquals(0, PhysicalCores.count(folder.resolve("absent")));
    }
}
