package io.quern.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quern.FinishReason;
import io.quern.GenerationResult;
import org.junit.jupiter.api.Test;

class AnswerTest {
    private static GenerationResult result(FinishReason reason) {
        return new GenerationResult(
                "say \"x\"\n", new int[] {3, 4, 5}, reason, 2, 2, 500_000_000, 1_500_000_000);
    }

    @Test
    void forPeople() {
        assertEquals("3 tokens, 2.0 tokens/s (prompt: 2 tokens, 4.0 tokens/s)",
                Answer.summary(result(FinishReason.STOP)));
        assertEquals("3 tokens, 2.0 tokens/s (prompt: 2 tokens, 4.0 tokens/s), cut short",
                Answer.summary(result(FinishReason.LENGTH)));
        assertEquals("3 tokens, 2.0 tokens/s (prompt: 2 tokens, 4.0 tokens/s), stopped",
                Answer.summary(result(FinishReason.CANCELLED)));
    }

    @Test
    void forPrograms() {
        assertEquals("""
                {"prompt_ids":[1,2],"ids":[3,4,5],"text":"say \\"x\\"\\n","finish_reason":"stop",\
                "timings":{"prompt_tokens":2,"prompt_seconds":0.5,"prompt_tokens_per_second":4.0,\
                "answer_tokens":3,"answer_seconds":1.5,"answer_tokens_per_second":2.0}}""",
                JsonText.of(new Answer(new int[] {1, 2}, result(FinishReason.STOP)).toJson()));
    }
}
