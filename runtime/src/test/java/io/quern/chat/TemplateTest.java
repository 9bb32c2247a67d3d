package io.quern.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quern.QuernException;
import java.math.BigInteger;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The rules of the language that surprise, and the messages of what is refused. */
class TemplateTest {
    private static String render(String source) {
        return render(source, Map.of());
    }

    private static String render(String source, Map<String, ?> variables) {
        return Template.parse(source).render(variables, () -> LocalDateTime.parse("2026-01-02T03:04:05"));
    }

    private static String refusal(String source) {
        return assertThrows(QuernException.class, () -> render(source)).getMessage();
    }

    @Test
    void aNewlineAfterABlockGoesAndAfterAnExpressionStays() {
        assertEquals("a\nb", render("{% if true %}\na\n{% endif %}\nb"));
        assertEquals("1\nb", render("{{ 1 }}\nb"));
        assertEquals("ab", render("a{# comment #}\nb"));
    }

    @Test
    void indentationOfABlockGoesAndOfAnExpressionStays() {
        assertEquals("a\nb", render("a\n    {% if true %}\nb{% endif %}"));
        assertEquals("a\n    1", render("a\n    {{ 1 }}"));
        assertEquals("x  y", render("x  {% if true %}y{% endif %}"));
    }

    @Test
    void plusKeepsAndMinusStrips() {
        assertEquals("a\n  \nb", render("a\n  {%+ if true +%}\nb{% endif %}"));
        assertEquals("a1b", render("a \n {{- 1 -}} \n b"));
    }

    @Test
    void oneNewlineAtTheEndGoes() {
        assertEquals("a\n", render("a\n\n"));
        assertEquals("a", render("a\r\n"));
    }

    @Test
    void rawKeepsTags() {
        assertEquals("{{ x }}{% y %}", render("{% raw %}{{ x }}{% y %}{% endraw %}"));
    }

    @Test
    void setInALoopStaysInTheLoop() {
        assertEquals("110",
                render("{% set x = 0 %}{% for i in [1, 1] %}{% set x = x + i %}{{ x }}{% endfor %}{{ x }}"));
    }

    @Test
    void setInAnIfReachesOut() {
        assertEquals("5", render("{% if true %}{% set x = 5 %}{% endif %}{{ x }}"));
    }

    @Test
    void aNamespaceCarriesAcrossLoops() {
        assertEquals("6", render(
                "{% set n = namespace(s=0) %}{% for i in [1, 2, 3] %}{% set n.s = n.s + i %}{% endfor %}{{ n.s }}"));
    }

    @Test
    void macrosSeeWhatIsSetLaterAndKeepTheirOwn() {
        assertEquals("12",
                render("{% macro m() %}{{ x }}{% endmacro %}{% set x = 1 %}{{ m() }}{% set x = 2 %}{{ m() }}"));
        assertEquals("91",
                render("{% set x = 1 %}{% macro m() %}{% set x = 9 %}{{ x }}{% endmacro %}{{ m() }}{{ x }}"));
    }

    @Test
    void breakAndContinue() {
        assertEquals("13", render(
                "{% for i in range(9) %}{% if i == 5 %}{% break %}{% elif i % 2 == 0 %}{% continue %}{% endif %}"
                        + "{{ i }}{% endfor %}"));
    }

    @Test
    void generationBlocksOnlyMarkTheirBody() {
        assertEquals("abc", render("a{% generation %}b{% endgeneration %}c"));
    }

    @Test
    void textCountsCodePoints() {
        Map<String, String> variables = Map.of("s", "a😀你");
        assertEquals("3 你😀a 😀 [a][😀][你]", render(
                "{{ s|length }} {{ s[::-1] }} {{ s[1] }} {% for c in s %}[{{ c }}]{% endfor %}", variables));
    }

    @Test
    void aFractionIsNeitherOddNorEven() {
        assertEquals("False False True", render("{{ 2.5 is odd }} {{ 2.5 is even }} {{ -3 is odd }}"));
    }

    @Test
    void nullIsNoneAndPrints() {
        Map<String, Object> variables = new HashMap<>();
        variables.put("n", null);
        assertEquals("None True", render("{{ n }} {{ n is none }}", variables));
    }

    @Test
    void valuesOfJavaKeepTheirValues() {
        Map<String, Object> variables = new LinkedHashMap<>();
        variables.put("i", 7);
        variables.put("f", 0.1f);
        variables.put("b", BigInteger.TWO.pow(70));
        variables.put("m", Map.of("k", List.of(true)));
        assertEquals("7 0.1 1180591620717411303424 {\"k\": [true]}",
                render("{{ i }} {{ f }} {{ b }} {{ m|tojson }}", variables));
    }

    @Test
    void otherObjectsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> render("", Map.of("x", new Object())));
        List<Object> endless = new ArrayList<>();
        endless.add(endless);
        assertThrows(IllegalArgumentException.class, () -> render("", Map.of("x", endless)));
    }

    @Test
    void whatATemplateRaisesIsInTheMessage() {
        String message = refusal("a\n{% if true %}\n{{ raise_exception('roles must alternate') }}\n{% endif %}");
        assertEquals("chat template, line 3: roles must alternate", message);
    }

    @Test
    void whatIsNotSupportedIsNamedWithItsLine() {
        assertEquals("chat template, line 2: the tag 'include' is not supported here", refusal("\n{% include 'x' %}"));
        assertEquals("chat template, line 3: the filter 'xmlattr' is not supported", refusal("\n\n{{ x|xmlattr }}"));
        assertEquals("chat template, line 1: the test 'blue' is not supported", refusal("{{ x is blue }}"));
        assertTrue(refusal("{% for x in [] recursive %}{% endfor %}").contains("'recursive'"));
        assertTrue(refusal("{{ '%d' % 3 }}").contains("%"));
        assertTrue(refusal("{{ '{}'.format(3) }}").contains("'format'"));
    }

    @Test
    void whatIsNotClosedIsNamed() {
        assertTrue(refusal("{% if true %}").contains("'endif'"));
        assertTrue(refusal("{% for x in [] %}").contains("'endfor'"));
        assertTrue(refusal("{# x").contains("comment"));
        assertTrue(refusal("{{ 'x }}").contains("string"));
        assertTrue(refusal("{% raw %}").contains("'endraw'"));
        assertTrue(refusal("\n{{ (1 }}").contains("line 2"));
    }

    @Test
    void oneTemplateRendersOnManyThreads() {
        Template template = Template.parse("{% set n = namespace(s='') %}{% for i in range(k) %}"
                + "{% set n.s = n.s ~ i %}{% endfor %}{{ n.s }}");
        List<String> expected = IntStream.range(0, 200).mapToObj(k -> template.render(Map.of("k", k),
                LocalDateTime::now)).toList();
        List<String> found = IntStream.range(0, 200).parallel().mapToObj(k -> template.render(Map.of("k", k),
                LocalDateTime::now)).toList();
        assertEquals(expected, found);
        assertEquals("012", expected.get(3));
    }
}
