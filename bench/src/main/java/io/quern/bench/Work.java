package io.quern.bench;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What a benchmark has done, as secondary metrics of JMH: per second, since all benchmarks measure throughput. */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.OPERATIONS)
public class Work {
    /** Multiply-adds that the product is made of, by its definition. */
    public long multiplyAdds;

    /** Bytes of weights, or of keys and values, that were read; of rows, bytes read and written. */
    public long bytes;

    /** For JMH. */
    public Work() {}

    void add(long multiplyAdds, long bytes) {
        this.multiplyAdds += multiplyAdds;
        this.bytes += bytes;
    }
}
