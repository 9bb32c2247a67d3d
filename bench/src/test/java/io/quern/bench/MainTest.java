package io.quern.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as a whole, in this JVM and with iterations far too short to measure anything. */
class MainTest {
    private static final String IGNORE_LOCK = "jmh.ignoreLock";
    private static final List<String> SHORT =
            List.of("-f", "0", "-wi", "0", "-i", "1", "-r", "10ms", "-v", "silent", "-p", "threads=1");

    @BeforeAll
    static void allowOtherRuns() {
        System.setProperty(IGNORE_LOCK, "true");
    }

    @AfterAll
    static void restore() {
        System.clearProperty(IGNORE_LOCK);
    }

    private static String run(String... args) throws Exception {
        List<String> all = new ArrayList<>(SHORT);
        all.addAll(List.of(args));
        return Main.run(all.toArray(String[]::new));
    }

    @Test
    void tableGivesSharesAndBits() throws Exception {
        String table = run("MatrixVector", "-p", "precision=F32", "-p", "weights=Q4_0,Q8_0", "-p", "shape=64x256");
        List<String> lines = table.lines().toList();
        assertTrue(lines.get(1).matches("  threads 1: reads .* GB/s, multiplies and adds .* GMAC/s .*"), table);
        assertEquals(6, lines.size(), table);
        assertTrue(lines.get(3).startsWith("MatrixVectorBenchmark"), table);
        int columns = lines.get(3).split("  +").length;
        assertEquals(columns, lines.get(4).split(" +").length, table);
        assertTrue(lines.get(4).matches("decode +F32 +64x256 +1 +Q4_0 .* 4\\.50"), table);
        assertTrue(lines.get(5).matches("decode +F32 +64x256 +1 +Q8_0 .* 8\\.50"), table);
    }

    @Test
    void rowsWithoutProductsLeaveColumnsEmpty() throws Exception {
        String table = run("RowKernelBenchmark.siluGate$", "-p", "length=64");
        assertTrue(table.lines().anyMatch(line -> line.matches("siluGate +64 .*")), table);
    }

    @Test
    void writesTheResultsOfJmh(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("results.json");
        run("RowKernelBenchmark.rmsNorm$", "-p", "length=64", "-rf", "json", "-rff", file.toString());
        String json = Files.readString(file);
        assertTrue(json.contains("io.quern.bench.RowKernelBenchmark.rmsNorm"), json);
        assertTrue(json.contains("\"bytes\""), json);
        assertTrue(json.contains("io.quern.bench.MachinePeakBenchmark.read"), json);
    }
}
