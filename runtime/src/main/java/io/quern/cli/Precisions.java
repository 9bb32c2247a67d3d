package io.quern.cli;

import io.quern.ActivationPrecision;
import io.quern.QuernException;
import java.util.Locale;

/** The values of {@code --activations}. */
final class Precisions {
    private Precisions() {}

    static ActivationPrecision parse(String name) {
        for (ActivationPrecision precision : ActivationPrecision.values()) {
            if (precision.name().toLowerCase(Locale.ROOT).equals(name)) {
                return precision;
            }
        }
        throw new QuernException("--activations: \"" + name + "\" given, expected default or f32");
    }
}
