package io.quern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ChatTemplateTest {
    private static final List<ChatMessage> TALK = List.of(ChatMessage.system("Be brief."), ChatMessage.user("Hi"),
            ChatMessage.assistant("Hello"), ChatMessage.user("<b>你好</b>"));

    @Test
    void chatMl() {
        assertEquals("""
                <|im_start|>system
                Be brief.<|im_end|>
                <|im_start|>user
                Hi<|im_end|>
                <|im_start|>assistant
                Hello<|im_end|>
                <|im_start|>user
                <b>你好</b><|im_end|>
                <|im_start|>assistant
                """, ChatTemplate.chatMl().render(TALK, true, Map.of()));
        assertEquals("<|im_start|>user\nHi<|im_end|>\n",
                ChatTemplate.chatMl().render(List.of(ChatMessage.user("Hi")), false, Map.of()));
    }

    @Test
    void plain() {
        assertEquals("Be brief.\n\nHi\n\nHello\n\n<b>你好</b>", ChatTemplate.plain().render(TALK, true, Map.of()));
        assertEquals("", ChatTemplate.plain().render(List.of(), true, Map.of()));
    }

    @Test
    void messagesAreDataAndNeverTemplates() {
        assertEquals("{{ 1 + 1 }}{% if %}",
                ChatTemplate.plain().render(List.of(ChatMessage.user("{{ 1 + 1 }}{% if %}")), true, Map.of()));
    }

    @Test
    void variablesReachTheTemplate() {
        ChatTemplate template = ChatTemplate.of("{{ bos_token }}{{ tools is none }}{{ add_generation_prompt }}");
        assertEquals("<s>TrueFalse", template.render(List.of(), false, Map.of("bos_token", "<s>")));
        assertEquals("<s>FalseTrue",
                template.render(List.of(), true, Map.of("bos_token", "<s>", "tools", List.of("x"))));
    }

    @Test
    void theClockIsTheCallers() {
        Clock clock = Clock.fixed(Instant.parse("2026-03-04T05:06:07Z"), ZoneOffset.UTC);
        assertEquals("04 Mar 2026 05:06:07", ChatTemplate.of("{{ strftime_now('%d %b %Y %H:%M:%S') }}")
                .withClock(clock).render(List.of(), true, Map.of()));
    }

    @Test
    void theModelsOwnTemplateComesFirst() {
        ChatTemplates.Choice choice = ChatTemplates.select("{{ messages|length }}", token -> true);
        assertEquals(ChatTemplates.Source.MODEL, choice.source());
        assertEquals("4", choice.template().render(TALK, true, Map.of()));
    }

    @Test
    void thenChatMlIfItsTokensAreThere() {
        Set<String> tokens = Set.of("<|im_start|>", "<|im_end|>");
        ChatTemplates.Choice choice = ChatTemplates.select(null, tokens::contains);
        assertEquals(ChatTemplates.Source.CHAT_ML, choice.source());
        assertTrue(choice.explanation().contains("ChatML"));
        assertEquals(ChatTemplates.Source.CHAT_ML, ChatTemplates.select(" \n", tokens::contains).source());
    }

    @Test
    void thenPlainText() {
        ChatTemplates.Choice choice = ChatTemplates.select(null, "<|im_start|>"::equals);
        assertEquals(ChatTemplates.Source.PLAIN, choice.source());
        assertTrue(choice.explanation().contains("plain text"));
        assertFalse(choice.template().render(TALK, true, Map.of()).contains("im_start"));
    }

    @Test
    void aBrokenTemplateOfTheModelIsNotReplacedSilently() {
        assertThrows(QuernException.class, () -> ChatTemplates.select("{% if %}", token -> true));
    }
}
