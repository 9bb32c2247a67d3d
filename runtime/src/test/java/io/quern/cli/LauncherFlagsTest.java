package io.quern.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The scripts {@code quern} and {@code quern.cmd}, read as texts: what they tell the JVM. */
class LauncherFlagsTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    /** Up to where a variable begins. */
    private static final Pattern FLAG = Pattern.compile(
            "(?<![\\w-])(?:-XX:|-Xlog|-Xshare|--add-modules |--enable-native-access|--sun-misc)[^\\s\"'$%]*");

    private static String posix;
    private static String windows;

    @BeforeAll
    static void read() throws IOException {
        posix = Files.readString(ROOT.resolve("quern"))
                .replaceAll("(?m)^\\s*#.*$", "");
        windows = Files.readString(ROOT.resolve("quern.cmd"))
                .replaceAll("(?mi)^\\s*rem .*$", "");
    }

    @Test
    void bothPassTheSameFlags() {
        assertEquals(flags(posix), flags(windows));
        assertTrue(flags(posix).size() > 10, flags(posix)::toString);
    }

    private static Set<String> flags(String script) {
        return FLAG.matcher(script).results().map(MatchResult::group).collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void bothKnowTheSameJars() {
        for (String name : Set.of("app_jars", "bench_jars")) {
            String jars = find(posix, name + "='([^']*)'").replace(".jar", "");
            assertEquals(1, windows.split("set \"jars=" + jars + "\"", -1).length - 1, jars);
        }
    }

    /** Without the file they start all the same, and slowly. */
    @Test
    void bothReadTheCompilerDirectives() {
        for (String script : Set.of(posix, windows)) {
            String file = find(script, "-XX:CompilerDirectivesFile=[$%]app%?[/\\\\]([\\w.]+)");
            assertTrue(Files.exists(ROOT.resolve("runtime/src/main/launcher").resolve(file)), file);
        }
    }

    /** Elsewhere it would be compiled late, and so would the kernels if their package had another name. */
    @Test
    void vectorCodeIsInThePackageThatBothName() throws IOException {
        String kernels = find(posix, "BackgroundCompilation,([\\w.]+)\\.\\*::");
        Path folder = ROOT.resolve("kernels/src/main/java").resolve(kernels.replace('.', '/'));
        Set<Path> folders = new TreeSet<>();
        for (String module : Set.of("kernels", "runtime")) {
            try (Stream<Path> sources = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
                for (Path source : sources.filter(Files::isRegularFile).toList()) {
                    if (Files.readString(source).contains("import jdk.incubator.vector.")) {
                        folders.add(source.getParent());
                    }
                }
            }
        }
        assertEquals(Set.of(folder), folders);
    }

    /** Without that each slice is an object, and each access checks it: half the speed. */
    @Test
    void everyVectorKernelWithSlicesIsInTheCompilerDirectives() throws IOException {
        String directives = Files.readString(ROOT.resolve("runtime/src/main/launcher/compiler.json"));
        Set<String> named = Pattern.compile("io/quern/kernels/(\\w+)\\.\\*").matcher(directives).results()
                .map(match -> match.group(1) + ".java")
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> slicing = new TreeSet<>();
        try (Stream<Path> sources = Files.list(ROOT.resolve("kernels/src/main/java/io/quern/kernels"))) {
            for (Path source : sources.toList()) {
                String name = source.getFileName().toString();
                if (name.startsWith("Vector") && Files.readString(source).contains(".asSlice(")) {
                    slicing.add(name);
                }
            }
        }
        assertEquals(slicing, named);
    }

    private static String find(String script, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(script);
        assertTrue(matcher.find(), pattern);
        return matcher.group(1);
    }
}
