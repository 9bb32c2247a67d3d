package io.quern;
public record SamplingOptions(float temperature) {
    public static SamplingOptions defaults() { return new SamplingOptions(0); }
    public static SamplingOptions greedy() { return new SamplingOptions(0); }
}
