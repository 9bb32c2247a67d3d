package io.quern.cli;

import io.quern.QuernException;
import io.quern.WeightStorage;
import java.util.Locale;

/** The values of {@code --weights}. */
final class WeightStorages {
    private WeightStorages() {}

    static WeightStorage parse(String name) {
        for (WeightStorage storage : WeightStorage.values()) {
            if (storage.name().toLowerCase(Locale.ROOT).equals(name)) {
                return storage;
            }
        }
        throw new QuernException("--weights: \"" + name + "\" given, expected auto, packed or mapped");
    }
}
