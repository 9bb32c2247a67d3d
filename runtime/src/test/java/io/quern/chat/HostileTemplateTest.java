package io.quern.chat;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quern.QuernException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Templates that try to use up time, memory or stack end in a {@link QuernException}. */
class HostileTemplateTest {
    /** Far above what any of them takes; only an endless one meets it. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String LOOP = "{% for i in range(100000) %}";
    private static final String END = "{% endfor %}";
    /** Sets {@code big} to eight million characters. */
    private static final String BIG = "{% set big = 'x' * 8000000 %}";

    private static DynamicTest refuses(String name, String expected, String source) {
        return DynamicTest.dynamicTest(name, () -> {
            QuernException thrown = assertTimeoutPreemptively(PATIENCE, () -> assertThrows(QuernException.class,
                    () -> Template.parse(source).render(Map.of(), LocalDateTime::now)));
            assertTrue(thrown.getMessage().contains(expected), thrown.getMessage());
            assertTrue(thrown.getMessage().length() < 10_000, "the message is long");
        });
    }

    @TestFactory
    Stream<DynamicTest> time() {
        return Stream.of(
                refuses("a range of a thousand million", "range", "{% for i in range(10**9) %}{% endfor %}"),
                refuses("nested loops", "steps", LOOP + LOOP + LOOP + END + END + END),
                refuses("loops that do nothing but look up a name from deep inside", "steps",
                        LOOP + "{% with %}".repeat(40) + LOOP + "{% if nothing %}{% endif %}" + END
                                + "{% endwith %}".repeat(40) + END),
                refuses("a search with many almost-matches", "steps",
                        BIG + "{% set part = 'x' * 100000 ~ 'y' %}" + LOOP + "{{ part in big }}" + END),
                refuses("a replacement with many almost-matches", "steps",
                        BIG + "{% set part = 'x' * 100000 ~ 'y' %}" + LOOP + "{{ big.replace(part, '')|length }}"
                                + END),
                refuses("many comparisons of long texts", "",
                        BIG + "{% set other = 'x' * 8000000 %}" + LOOP + "{{ big == other }}" + END),
                refuses("many look-ups by a long key", "",
                        BIG + "{% set d = {big: 1} %}" + LOOP + "{{ d['x' * 8000000] }}" + END),
                refuses("many missing attributes with long names", "steps",
                        BIG + "{% set d = {} %}" + LOOP + "{% for j in range(1000) %}{{ d[big] }}" + END + END),
                refuses("many lengths of a long text", "steps", BIG + LOOP + "{{ big|length }}" + END),
                refuses("many upper-case tests", "", BIG + LOOP + "{{ big is upper }}" + END),
                refuses("a comparison of nests of shared lists", "", nest("[%s, %s]") + "{% set other = x %}"
                        + nest("[%s, %s]") + "{{ x == other }}"),
                refuses("sorting long lists again and again", "steps",
                        LOOP + "{{ range(100000)|sort(reverse=true)|length }}" + END),
                refuses("a long name, looked up often", "characters",
                        LOOP + LOOP + "{{ " + "x".repeat(500_000) + " }}" + END + END),
                refuses("a long path", "characters",
                        BIG + "{{ range(100000)|map(attribute='.' * 8000000)|list }}"),
                refuses("unique of many", "steps", "{{ range(100000)|unique|list }}"));
    }

    @TestFactory
    Stream<DynamicTest> memory() {
        return Stream.of(
                refuses("a repeated text", "characters", "{{ 'x' * 10**9 }}"),
                refuses("a repeated text, the largest number", "characters", "{{ 'xy' * 9223372036854775807 }}"),
                refuses("a repeated list", "elements", "{{ [0] * 10**9 }}"),
                refuses("a repeated list, the largest number", "elements", "{{ [0, 1] * 9223372036854775807 }}"),
                refuses("doubling a text", "characters", "{% set ns = namespace(s='x') %}" + LOOP
                        + "{% set ns.s = ns.s + ns.s %}" + END),
                refuses("doubling a list", "elements", "{% set ns = namespace(s=[1]) %}" + LOOP
                        + "{% set ns.s = ns.s + ns.s %}" + END),
                refuses("printing without end", "characters", LOOP + "{{ 'x' * 1000 }}" + END),
                refuses("keeping many texts", "characters", "{% set ns = namespace(l=[]) %}" + LOOP
                        + "{% set ns.l = ns.l + ['x' * 1000000] %}" + END),
                refuses("printing a nest of shared lists", "", nest("[%s, %s]") + "{{ x }}"),
                refuses("JSON of a nest of shared lists", "", nest("[%s, %s]") + "{{ x|tojson }}"),
                refuses("JSON of a nest of shared dicts", "", nest("{'a': %s, 'b': %s}") + "{{ x|tojson(indent=64) }}"),
                refuses("a wide pad", "characters", "{{ 'x'.ljust(2000000000) }}"),
                refuses("a wide centre", "characters", "{{ 'x'|center(2000000000) }}"),
                refuses("a wide indent", "characters", "{{ 'x'|indent(2000000000) }}"),
                refuses("a wide indent of many lines", "characters", "{{ ('x\n' * 100000)|indent(100000) }}"),
                refuses("a long join", "characters", BIG + "{{ big.join(['a', 'b', 'c', 'd']) }}"),
                refuses("a long replacement", "characters", BIG + "{{ 'aaaa'.replace('a', big) }}"),
                refuses("a large batch", "elements", "{{ [1]|batch(2000000000, 0)|list }}"),
                refuses("a large power", "64 bits", "{{ 10**10**10 }}"),
                refuses("a long format", "strftime_now", "{{ strftime_now('%c' * 100000) }}"));
    }

    @TestFactory
    Stream<DynamicTest> depth() {
        return Stream.of(
                refuses("a macro that calls itself", "deep", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"),
                refuses("a macro that calls itself in its default", "deep",
                        "{% macro m(a=m()) %}{% endmacro %}{{ m() }}"),
                refuses("callers that call themselves", "deep",
                        "{% macro m() %}{% call m() %}{{ caller() }}{% endcall %}{{ caller() }}{% endmacro %}"
                                + "{% call m() %}x{% endcall %}"),
                refuses("a namespace that contains itself", "deep",
                        "{% set n = namespace() %}{% set n.n = n %}{{ n }}"),
                refuses("lists in lists, made by a loop", "deep", "{% set n = namespace(l=[]) %}" + LOOP
                        + "{% set n.l = [n.l] %}" + END + "{{ n.l }}"),
                refuses("parentheses", "deep", "{{ " + "(".repeat(100_000) + "1" + ")".repeat(100_000) + " }}"),
                refuses("lists", "deep", "{{ " + "[".repeat(100_000) + "]".repeat(100_000) + " }}"),
                refuses("subscripts in subscripts", "deep", "{{ " + "a[".repeat(100_000) + "]".repeat(100_000) + " }}"),
                refuses("calls in calls", "deep", "{{ " + "a(".repeat(100_000) + ")".repeat(100_000) + " }}"),
                refuses("not", "deep", "{{ " + "not ".repeat(100_000) + "1 }}"),
                refuses("minus", "deep", "{{ " + "-".repeat(99_999) + " 1 }}"),
                refuses("ifs", "deep", "{% if 1 %}".repeat(50_000)),
                refuses("else ifs in conditionals", "deep", "{{ " + "1 if 0 else ".repeat(50_000) + "1 }}"),
                refuses("tests of tests", "deep", "{{ 1 " + "is eq (1 ".repeat(50_000) + ")".repeat(50_000) + " }}"),
                refuses("targets", "deep", "{% for " + "(".repeat(50_000) + "a" + ")".repeat(50_000) + " in x %}"),
                refuses("a long sum", "deep", "{{ 1" + " + 1".repeat(100_000) + " }}"),
                refuses("a long chain of filters", "deep", "{{ 1" + "|abs".repeat(100_000) + " }}"),
                refuses("a long chain of attributes", "deep", "{{ a" + ".b".repeat(100_000) + " }}"),
                refuses("a long source", "characters", " ".repeat(Budget.MAX_SOURCE_LENGTH + 1)));
    }

    /** Sets x to a list whose text is 2^60 elements long, though it has sixty lists. */
    private static String nest(String pair) {
        return "{% set ns = namespace(x=1) %}{% for i in range(60) %}{% set ns.x = "
                + String.format(pair, "ns.x", "ns.x")
                + " %}{% endfor %}{% set x = ns.x %}";
    }

    @TestFactory
    Stream<DynamicTest> sandbox() {
        return Stream.of("''.__class__", "''['__class__']", "[].__class__.__base__", "range.__globals__", "m.__init__",
                "none.__class__", "''|attr('__class__')", "[].append(1)", "{}.update({})", "{}.pop('a')",
                "namespace.__init__", "self.__class__", "''.getClass()", "''.class.forName('x')")
                .map(expression -> refuses(expression, "line 1", "{{ " + expression + " }}"));
    }
}
