package io.quern.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.quern.kernels.Activations;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Every benchmark computes the right answer, with every combination of its parameters; sizes are replaced by small and
 * awkward ones. Benchmarks are taken from JMH's own list and parameters from their annotations: a new one that
 * {@link Truth} does not know fails here.
 */
class BenchmarkCorrectnessTest {
    /** Values that stand for those of a parameter of this name; parameters that are not here keep theirs. */
    private static final Map<String, String[]> SMALL = Map.of(
            "shape", new String[] {"96x512"},
            "tokens", new String[] {"1", "7"},
            "context", new String[] {"7", "300"},
            "length", new String[] {"1003"});

    @TestFactory
    Stream<DynamicTest> everyBenchmark() throws Exception {
        List<DynamicTest> tests = new ArrayList<>();
        for (BenchmarkListEntry entry : BenchmarkList.defaultList()
                .getAll(OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT), List.of())) {
            String name = entry.getUsername();
            Class<?> owner = Class.forName(name.substring(0, name.lastIndexOf('.')));
            String method = name.substring(name.lastIndexOf('.') + 1);
            for (Map<Field, String> values : combinations(owner)) {
                List<String> shown = values.entrySet().stream()
                        .map(e -> e.getKey().getName() + "=" + e.getValue())
                        .toList();
                tests.add(DynamicTest.dynamicTest(
                        owner.getSimpleName() + "." + method + shown, () -> check(owner, method, values)));
            }
        }
        assertTrue(tests.size() > 100, "only " + tests.size() + " combinations");
        return tests.stream();
    }

    private static List<Map<Field, String>> combinations(Class<?> owner) {
        List<Map<Field, String>> all = List.of(Map.of());
        for (Field field : owner.getDeclaredFields()) {
            if (field.isAnnotationPresent(Param.class)) {
                List<Map<Field, String>> longer = new ArrayList<>();
                for (Map<Field, String> values : all) {
                    for (String value : values(field)) {
                        Map<Field, String> more = new LinkedHashMap<>(values);
                        more.put(field, value);
                        longer.add(more);
                    }
                }
                all = longer;
            }
        }
        return all;
    }

    private static Set<String> values(Field field) {
        String[] values = SMALL.getOrDefault(field.getName(), field.getAnnotation(Param.class).value());
        if (Arrays.equals(values, new String[] {Param.BLANK_ARGS})) {
            // What JMH does: all constants.
            values = Arrays.stream(field.getType().getEnumConstants()).map(c -> ((Enum<?>) c).name())
                    .toArray(String[]::new);
        }
        return new LinkedHashSet<>(Arrays.asList(values));
    }

    private static void check(Class<?> owner, String method, Map<Field, String> values) throws Exception {
        KernelBenchmark benchmark = (KernelBenchmark) owner.getDeclaredConstructor().newInstance();
        for (Map.Entry<Field, String> value : values.entrySet()) {
            set(benchmark, value.getKey(), value.getValue());
        }
        for (Method each : owner.getMethods()) {
            if (each.isAnnotationPresent(Setup.class)) {
                each.invoke(benchmark);
            }
        }
        try {
            Work work = new Work();
            Method measured = owner.getMethod(method, Work.class);
            Truth truth = Truth.of(benchmark, method);
            for (int call = 0; call < 2; call++) { // the second finds what the first left behind
                check(truth, measured.invoke(benchmark, work));
            }
            assertTrue(work.multiplyAdds > 0 || work.bytes > 0, "nothing was counted");
        } finally {
            for (Method each : owner.getMethods()) {
                if (each.isAnnotationPresent(TearDown.class)) {
                    each.invoke(benchmark);
                }
            }
        }
    }

    private static void set(KernelBenchmark benchmark, Field field, String value) throws Exception {
        Class<?> type = field.getType();
        if (type == int.class) {
            field.setInt(benchmark, Integer.parseInt(value));
        } else if (type == String.class) {
            field.set(benchmark, value);
        } else {
            field.set(benchmark, Arrays.stream(type.getEnumConstants())
                    .filter(constant -> ((Enum<?>) constant).name().equals(value))
                    .findFirst()
                    .orElseThrow());
        }
    }

    private static void check(Truth truth, Object result) {
        assertTrue(Array.getLength(result) >= truth.values().length, "length " + Array.getLength(result));
        for (int i = 0; i < truth.values().length; i++) {
            double actual = Array.getDouble(result, i);
            if (!(Math.abs(actual - truth.values()[i]) <= truth.limits()[i])) {
                fail("result " + i + " is " + actual + ", expected " + truth.values()[i] + " within "
                        + truth.limits()[i]);
            }
        }
        for (int i = truth.values().length; i < Array.getLength(result); i++) {
            assertEquals(Double.NaN, Array.getDouble(result, i), "overwritten at " + i);
        }
    }

    @ParameterizedTest
    @EnumSource
    void copiesTakeTurns(Weights weights) {
        LayerShape shape = LayerShape.of("64x256");
        Work work = new Work();
        try (LinearLayers layers = new LinearLayers(weights, shape, 1, 3, Activations.Precision.F32, 100_000)) {
            int copies = layers.copyCount();
            assertTrue(copies >= 3, "copies " + copies);
            for (int call = 0; call <= copies; call++) {
                check(Truth.product(weights, "64x256", call % copies, 3, Activations.Precision.F32),
                        layers.multiply(3, work));
            }
            assertEquals((copies + 1L) * 3 * shape.weights(), work.multiplyAdds);
        }
    }

    @Test
    void layersOfModelsComeFromMemory() {
        assertTrue(LayerShape.of("4096x4096").comesFromMemory());
        assertTrue(!LayerShape.of("1024x1024").comesFromMemory());
    }
}
