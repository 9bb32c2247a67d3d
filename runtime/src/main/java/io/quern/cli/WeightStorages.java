package io.quern.cli;

import io.quern.QuernException;
import io.quern.WeightStorage;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The values of {@code --weights}. */
final class WeightStorages {
    private WeightStorages() {}

    static WeightStorage parse(String name) {
        return find(name).orElseThrow(
                () -> new QuernException("--weights: \"" + name + "\" given, expected auto, packed or mapped"));
    }

    static Optional<WeightStorage> find(String name) {
        return Arrays.stream(WeightStorage.values())
                .filter(storage -> storage.name().toLowerCase(Locale.ROOT).equals(name))
                .findFirst();
    }
}
