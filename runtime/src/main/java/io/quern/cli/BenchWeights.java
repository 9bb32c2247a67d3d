package io.quern.cli;

import io.quern.QuernException;
import io.quern.WeightStorage;
import java.util.List;
import java.util.Optional;

/**
 * The value of {@code bench --weights}: where the weights live, as for the other commands, and the format of random
 * ones.
 *
 * @param format of the weights of a {@code --shape}; null without one
 */
record BenchWeights(WeightStorage storage, String format) {
    private static final String DEFAULT_FORMAT = "q4_0";

    static BenchWeights parse(List<String> words, boolean random) {
        WeightStorage storage = null;
        String format = null;
        for (String word : words) {
            Optional<WeightStorage> found = random ? WeightStorages.find(word) : Optional.of(parseOfModel(word));
            if (found.isPresent() ? storage != null : format != null) {
                throw new QuernException("--weights: \"" + String.join(",", words) + "\" given, expected "
                        + (random ? "one format, and auto, packed or mapped" : "one of auto, packed and mapped"));
            }
            storage = found.orElse(storage);
            format = found.isPresent() ? format : word;
        }
        return new BenchWeights(
                storage == null ? WeightStorage.AUTO : storage, random && format == null ? DEFAULT_FORMAT : format);
    }

    private static WeightStorage parseOfModel(String word) {
        return WeightStorages.find(word).orElseThrow(() -> new QuernException("--weights: \"" + word
                + "\" given, expected auto, packed or mapped; formats belong to --shape, which is not given"));
    }

    boolean mapped() {
        return storage == WeightStorage.MAPPED;
    }
}
