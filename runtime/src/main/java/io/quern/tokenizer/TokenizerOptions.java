package io.quern.tokenizer;

import java.util.List;
import java.util.Set;

/**
 * What a model asks of its tokenizer beside the vocabulary; {@code bos} and {@code eos} are {@link Vocabulary#NONE}
 * where there is none.
 *
 * @param prefix           ids in front of a text when special tokens are added
 * @param suffix           ids after it
 * @param dropLeadingSpace decoding takes off the space that encoding puts in front
 * @param endOfGeneration  ids that end an answer
 */
record TokenizerOptions(
        int bos,
        int eos,
        List<Integer> prefix,
        List<Integer> suffix,
        boolean dropLeadingSpace,
        Set<Integer> endOfGeneration) {
    TokenizerOptions {
        prefix = List.copyOf(prefix);
        suffix = List.copyOf(suffix);
        endOfGeneration = Set.copyOf(endOfGeneration);
    }
}
