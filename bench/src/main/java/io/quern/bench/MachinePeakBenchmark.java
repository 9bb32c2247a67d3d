package io.quern.bench;

import io.quern.kernels.PeakKernels;
import io.quern.model.Workers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What the machine can do at best, measured in the same run as the kernels: {@link ResultTable} gives their shares of
 * it.
 */
public class MachinePeakBenchmark extends KernelBenchmark {
    static final long BYTES = 256L << 20;
    static final int ROUNDS = 1 << 14;
    private static final int CHUNKS_PER_THREAD = 64;

    @Param({"1", "2"})
    int threads;

    private Arena arena;
    private Workers workers;
    private int[] readSums;
    private float[] sums;
    private Workers.Task readTask;
    private Workers.Task multiplyTask;

    /** For JMH. */
    public MachinePeakBenchmark() {}

    @Setup
    public void open() {
        arena = Arena.ofShared();
        MemorySegment data = arena.allocate(BYTES, 64);
        data.fill((byte) 1); // each page of its own, and a sum that says whether all was read
        workers = new Workers(threads);
        int chunks = CHUNKS_PER_THREAD * threads;
        readSums = new int[chunks];
        sums = new float[chunks];
        readTask = (chunk, worker) -> readSums[chunk] = PeakKernels.read(data, limit(chunk), limit(chunk + 1));
        multiplyTask = (chunk, worker) -> sums[chunk] = PeakKernels.multiplyAdd(ROUNDS);
    }

    /** Where chunks begin: at whole steps of the reading loop. */
    long limit(int chunk) {
        return BYTES / 4096 * chunk / readSums.length * 4096;
    }

    int chunkCount() {
        return sums.length;
    }

    @TearDown
    public void close() {
        workers.close();
        arena.close();
    }

    /** Reads memory, far more than the caches hold. */
    @Benchmark
    public int[] read(Work work) {
        workers.run(readSums.length, readTask);
        work.add(0, BYTES);
        return readSums;
    }

    /** The f32 micro-kernel on values in the first-level cache. */
    @Benchmark
    public float[] multiplyAdd(Work work) {
        workers.run(sums.length, multiplyTask);
        work.add(PeakKernels.roundMultiplyAdds() * ROUNDS * sums.length, 0);
        return sums;
    }
}
