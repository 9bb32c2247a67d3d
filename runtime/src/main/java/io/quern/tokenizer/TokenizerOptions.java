package io.quern.tokenizer;

import java.util.Set;

/**
 * What a model asks of its tokenizer beside the vocabulary; ids are {@link Vocabulary#NONE} where there is none.
 *
 * @param dropLeadingSpace decoding takes off the space that encoding puts in front
 * @param endOfGeneration  ids that end an answer
 */
record TokenizerOptions(
        int bos, int eos, boolean addBos, boolean addEos, boolean dropLeadingSpace, Set<Integer> endOfGeneration) {
    TokenizerOptions {
        endOfGeneration = Set.copyOf(endOfGeneration);
    }
}
