package io.quern.tokenizer;

import java.util.List;
import java.util.Set;

/** Tokens by which models end an answer, known by their spelling: not every file says which of its tokens do. */
final class EndTokens {
    /** Each of these ends an answer, whatever the file says of its kind. */
    static final Set<String> SPELLINGS = Set.of(
            "<|eot_id|>",
            "<|im_end|>",
            "<|end|>",
            "<|return|>",
            "<|call|>",
            "<|flush|>",
            "<|calls|>",
            "<end_of_turn>",
            "<|endoftext|>",
            "</s>",
            "<|eom_id|>",
            "<EOT>",
            "_<EOT>",
            "[EOT]",
            "[EOS]",
            "<|end_of_text|>",
            "<end_of_utterance>",
            "<eos>",
            "<turn|>",
            "<|tool_response>",
            "<｜end▁of▁sentence｜>",
            "[e~[");

    /**
     * Keys of tokens of the fill-in-the-middle format that end an answer, and how they are spelt where no key tells.
     */
    record Named(String key, List<String> spellings) {}

    static final List<Named> FILL_IN = List.of(
            new Named(
                    "tokenizer.ggml.fim_pad_token_id",
                    List.of("<|fim_pad|>", "<fim-pad>", "<fim_pad>", "<PAD>", "[PAD]")),
            new Named(
                    "tokenizer.ggml.fim_rep_token_id",
                    List.of("<|fim_repo|>", "<|repo_name|>", "<fim-repo>", "<REPO>", "<reponame>")),
            new Named("tokenizer.ggml.fim_sep_token_id", List.of("<|file_sep|>")));

    private EndTokens() {}
}
