package io.quern.bench;

import io.quern.kernels.CpuConstants;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/**
 * Results as text: medians of the iterations, as multiply-adds and bytes a second, bits of a weight, and shares of the
 * machine's peaks with the same number of threads in the same run.
 */
final class ResultTable {
    private static final String PEAKS = MachinePeakBenchmark.class.getName();
    private static final List<String> METRICS =
            List.of("ops/s", "GMAC/s", "GB/s", "% bandwidth", "% FMA peak", "bits/weight");

    /** By number of threads. */
    private final Map<String, Double> readPeaks = new LinkedHashMap<>();

    private final Map<String, Double> multiplyPeaks = new LinkedHashMap<>();

    private ResultTable() {}

    /** One table for each benchmark class, below a line about the machine. */
    static String of(Collection<RunResult> results) {
        ResultTable table = new ResultTable();
        Map<String, List<RunResult>> byClass = new LinkedHashMap<>();
        for (RunResult result : results) {
            String name = result.getParams().getBenchmark();
            String owner = name.substring(0, name.lastIndexOf('.'));
            if (owner.equals(PEAKS)) {
                table.addPeak(result);
            } else {
                byClass.computeIfAbsent(owner, key -> new ArrayList<>()).add(result);
            }
        }
        StringBuilder text = new StringBuilder(table.machine());
        byClass.forEach((owner, group) -> text.append('\n').append(table.format(owner, group)));
        return text.toString();
    }

    private void addPeak(RunResult result) {
        String threads = result.getParams().getParam("threads");
        double bytes = median(result, "bytes");
        if (bytes > 0) {
            readPeaks.put(threads, bytes);
        } else {
            multiplyPeaks.put(threads, median(result, "multiplyAdds"));
        }
    }

    private String machine() {
        StringBuilder text = new StringBuilder();
        text.append(Cpu.describe()).append(", Java ").append(Runtime.version()).append(", ")
                .append(System.getProperty("os.arch"));
        text.append(", vectors of ").append(CpuConstants.VECTOR_BITS).append(" bits; the machine's peaks:\n");
        readPeaks.forEach((threads, peak) -> text.append(String.format(Locale.ROOT,
                "  threads %s: reads %.1f GB/s, multiplies and adds %.1f GMAC/s (f32)%n",
                threads, peak / 1e9, multiplyPeaks.getOrDefault(threads, Double.NaN) / 1e9)));
        return text.toString();
    }

    private String format(String owner, List<RunResult> group) {
        List<String> keys = List.copyOf(group.getFirst().getParams().getParamsKeys());
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>();
        head.add(owner.substring(owner.lastIndexOf('.') + 1));
        head.addAll(keys);
        head.addAll(METRICS);
        rows.add(head);
        for (RunResult result : group) {
            rows.add(row(result, keys));
        }
        return aligned(rows, 1 + keys.size());
    }

    private List<String> row(RunResult result, List<String> keys) {
        BenchmarkParams params = result.getParams();
        List<String> row = new ArrayList<>();
        row.add(params.getBenchmark().substring(params.getBenchmark().lastIndexOf('.') + 1));
        for (String key : keys) {
            row.add(params.getParam(key));
        }
        String threads = keys.contains("threads") ? params.getParam("threads") : "1";
        double operations = result.getPrimaryResult().getStatistics().getPercentile(50);
        double multiplyAdds = median(result, "multiplyAdds");
        double bytes = median(result, "bytes");
        row.add(number(operations));
        row.add(number(multiplyAdds / 1e9));
        row.add(number(bytes / 1e9));
        row.add(number(100 * bytes / readPeaks.getOrDefault(threads, Double.NaN)));
        row.add(number(100 * multiplyAdds / multiplyPeaks.getOrDefault(threads, Double.NaN)));
        row.add(keys.contains("weights") ? number(bitsPerWeight(params, operations, bytes)) : "");
        return row;
    }

    private static double bitsPerWeight(BenchmarkParams params, double operations, double bytes) {
        return 8 * bytes / operations / LayerShape.of(params.getParam("shape")).weights();
    }

    private static double median(RunResult result, String metric) {
        Result<?> secondary = result.getSecondaryResults().get(metric);
        return secondary == null ? 0 : secondary.getStatistics().getPercentile(50);
    }

    /** Three digits or more; nothing for what was not counted or cannot be said. */
    private static String number(double value) {
        if (!(value > 0)) {
            return "";
        }
        return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    }

    /** Text to the left, numbers (from that column on) to the right. */
    private static String aligned(List<List<String>> rows, int numbersFrom) {
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                int index = column;
                int width = rows.stream().mapToInt(r -> r.get(index).length()).max().orElse(0);
                String pad = " ".repeat(width - row.get(column).length());
                line.append(column == 0 ? "" : "  ");
                line.append(column < numbersFrom ? row.get(column) + pad : pad + row.get(column));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
