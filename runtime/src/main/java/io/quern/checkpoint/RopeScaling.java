package io.quern.checkpoint;

/** How the frequencies of the rotary embedding are stretched for long contexts (formats.md B.2). */
public sealed interface RopeScaling {
    /** Frequencies as they are. */
    record None() implements RopeScaling {}

    /** All angles divided by one factor. */
    record Linear(double factor) implements RopeScaling {}

    /** Llama 3.1: low frequencies divided by the factor, high ones kept, a ramp between. */
    record Llama3(double factor, double lowFrequencyFactor, double highFrequencyFactor,
            double originalContextLength) implements RopeScaling {}

    /**
     * YaRN: a ramp between interpolated and kept frequencies.
     *
     * @param magnitude the multiplier of cos and sin, already worked out
     * @param truncate whether the ramp's ends are rounded to whole pairs
     */
    record Yarn(
            double factor,
            double originalContextLength,
            double betaFast,
            double betaSlow,
            boolean truncate,
            double magnitude) implements RopeScaling {}

    /** One divisor for each pair, from the file's {@code rope_freqs.weight}. */
    record Divisors(float[] divisors) implements RopeScaling {}
}
