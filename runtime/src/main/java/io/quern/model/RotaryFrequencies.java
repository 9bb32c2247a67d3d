package io.quern.model;

import io.quern.QuernException;
import io.quern.checkpoint.ModelConfig;
import io.quern.checkpoint.RopeScaling;

/**
 * Radians a position for each pair of a rotary embedding, and the factor of its cosines and sines, for the kinds of
 * scaling that checkpoints ask for.
 *
 * <p>Formulas from Hugging Face {@code modeling_rope_utils}; theta_i = base^(-2i / size).
 *
 * @param inverse frequency of pair i, {@code size / 2} of them
 * @param magnitude factor of all cosines and sines
 */
public record RotaryFrequencies(double[] inverse, float magnitude) {

    /** What the model's configuration asks for. */
    public static RotaryFrequencies of(ModelConfig.Rope rope) {
        double base = rope.theta();
        int size = rope.dimension();
        return switch (rope.scaling()) {
            case RopeScaling.None none -> unscaled(base, size);
            case RopeScaling.Linear linear -> linear(base, size, linear.factor());
            case RopeScaling.Llama3 llama3 -> llama3(base, size, llama3);
            case RopeScaling.Yarn yarn -> yarn(base, size, yarn);
            case RopeScaling.Divisors divisors -> unscaled(base, size).dividedBy(divisors.divisors());
        };
    }

    /** No scaling. */
    static RotaryFrequencies unscaled(double base, int size) {
        return linear(base, size, 1);
    }

    /** All frequencies divided by one factor. */
    static RotaryFrequencies linear(double base, int size, double factor) {
        checkPositive(factor, "scaling linear: factor");
        double[] theta = theta(base, size);
        for (int i = 0; i < theta.length; i++) {
            theta[i] /= factor;
        }
        return new RotaryFrequencies(theta, 1);
    }

    /** Llama 3: long wavelengths divided by the factor, short ones kept, a smooth passage between. */
    static RotaryFrequencies llama3(double base, int size, RopeScaling.Llama3 scaling) {
        double factor = scaling.factor();
        double low = scaling.lowFrequencyFactor();
        double high = scaling.highFrequencyFactor();
        double original = scaling.originalContextLength();
        checkPositive(factor, "scaling llama3: factor");
        checkPositive(low, "scaling llama3: low frequency factor");
        checkPositive(original, "scaling llama3: original context length");
        if (!(high > low)) {
            throw new QuernException("rope scaling llama3: high frequency factor " + high
                    + ", expected more than the low one, "
                    + low);
        }
        double[] theta = theta(base, size);
        for (int i = 0; i < theta.length; i++) {
            double wavelength = 2 * Math.PI / theta[i];
            if (wavelength > original / low) {
                theta[i] /= factor;
            } else if (wavelength >= original / high) {
                double smooth = (original / wavelength - low) / (high - low);
                theta[i] = (1 - smooth) * theta[i] / factor + smooth * theta[i];
            }
        }
        return new RotaryFrequencies(theta, 1);
    }

    /** Yarn: slow pairs divided by the factor, fast ones kept, a linear ramp between. */
    static RotaryFrequencies yarn(double base, int size, RopeScaling.Yarn yarn) {
        double original = yarn.originalContextLength();
        checkPositive(yarn.factor(), "scaling yarn: factor");
        checkPositive(original, "scaling yarn: original context length");
        checkPositive(yarn.betaFast(), "scaling yarn: fast beta");
        checkPositive(yarn.betaSlow(), "scaling yarn: slow beta");
        checkPositive(yarn.magnitude(), "scaling yarn: magnitude");
        double low = pairOfRotations(base, size, original, yarn.betaFast());
        double high = pairOfRotations(base, size, original, yarn.betaSlow());
        if (yarn.truncate()) {
            low = Math.floor(low);
            high = Math.ceil(high);
        }
        low = Math.max(low, 0);
        high = Math.min(high, size - 1);
        if (low == high) {
            high += 0.001;
        }
        double[] theta = theta(base, size);
        for (int i = 0; i < theta.length; i++) {
            double ramp = Math.clamp((i - low) / (high - low), 0.0, 1.0);
            theta[i] = theta[i] / yarn.factor() * ramp + theta[i] * (1 - ramp);
        }
        return new RotaryFrequencies(theta, (float) yarn.magnitude());
    }

    /** These frequencies divided by one factor for each pair: the tensor {@code rope_freqs.weight} of GGUF files. */
    RotaryFrequencies dividedBy(float[] factors) {
        if (factors.length != inverse.length) {
            throw new QuernException("rope_freqs.weight: " + factors.length + " factors, expected " + inverse.length);
        }
        double[] divided = new double[inverse.length];
        for (int i = 0; i < divided.length; i++) {
            if (!(factors[i] > 0) || Float.isInfinite(factors[i])) {
                throw new QuernException("rope_freqs.weight: factor " + i + " is " + factors[i]
                        + ", expected a positive number");
            }
            divided[i] = inverse[i] / factors[i];
        }
        return new RotaryFrequencies(divided, magnitude);
    }

    /** The (fractional) pair that turns so many times within the context. */
    private static double pairOfRotations(double base, int size, double contextLength, double rotations) {
        return size * Math.log(contextLength / (rotations * 2 * Math.PI)) / (2 * Math.log(base));
    }

    private static double[] theta(double base, int size) {
        checkPositive(base, "base");
        if (size < 2 || size % 2 != 0) {
            throw new QuernException("rope: " + size + " rotated dimensions, expected a positive even number");
        }
        double[] theta = new double[size / 2];
        for (int i = 0; i < theta.length; i++) {
            theta[i] = Math.pow(base, -2.0 * i / size);
        }
        return theta;
    }

    private static void checkPositive(double value, String what) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new QuernException("rope " + what + " is " + value + ", expected a positive number");
        }
    }
}
