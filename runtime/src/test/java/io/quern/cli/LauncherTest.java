package io.quern.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script {@code quern} in an unpacked release, which has jars and no sources. Runs after the jars were made: by
 * {@code mvn verify}, not by {@code mvn test}.
 */
class LauncherTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    @TempDir
    private Path folder;

    private Path launcher;

    private record Ran(int code, String out, String err) {}

    @BeforeEach
    void unpack() throws IOException {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "needs a POSIX shell");
        Path release = Files.createDirectories(folder.resolve("a release/lib"));
        launcher = Files.copy(ROOT.resolve("quern"), release.resolveSibling("quern"));
        launcher.toFile().setExecutable(true);
        try (Stream<Path> jars = Files.list(ROOT.resolve("runtime/target/app"))) {
            for (Path jar : jars.toList()) {
                Files.copy(jar, release.resolve(jar.getFileName()));
            }
        }
    }

    @Test
    void printsTheVersionAndNoNotice() throws Exception {
        Ran ran = run(launcher, "--version");
        assertEquals("", ran.err());
        assertTrue(ran.out().matches("quern \\d+\\.\\d+\\.\\d+\\n"), ran.out());
        assertEquals(0, ran.code());
    }

    @Test
    void worksThroughSymbolicLinks() throws Exception {
        Path first = Files.createSymbolicLink(folder.resolve("first"), Path.of("a release/quern"));
        Path second = Files.createSymbolicLink(
                Files.createDirectory(folder.resolve("bin")).resolve("q"), Path.of("../" + first.getFileName()));
        assertEquals(0, run(second, "--version").code());
    }

    @Test
    void forwardsTheExitCodeAndMessages() throws Exception {
        Ran ran = run(launcher, "grind");
        assertEquals("quern: there is no command \"grind\"; see quern --help\n", ran.err());
        assertEquals("", ran.out());
        assertEquals(2, ran.code());
    }

    @Test
    void forwardsArgumentsInAnyScript() throws Exception {
        Ran ran = run(launcher, "run", "-p", "x", "-f", "y", "--messages", "碾磨 * \"$HOME\"");
        assertEquals(2, ran.code());
        ran = run(launcher, "inspect", folder + "/碾磨 * \"$HOME\"");
        assertTrue(ran.err().startsWith("quern: " + folder + "/碾磨 * \"$HOME\": "), ran.err());
        assertEquals(2, ran.code());
    }

    @Test
    void saysWhichJdkIsMissing() throws Exception {
        // A later JDK than there is, so that the search must fail on every machine.
        Files.writeString(launcher, Files.readString(launcher).replace("JAVA_VERSION=\"25", "JAVA_VERSION=\"9925"));
        Ran ran = run(launcher, "--version");
        assertEquals("quern: needs JDK 25: install it (for example Eclipse Temurin 25, https://adoptium.net) "
                + "or set JAVA_HOME to it\n", ran.err());
        assertEquals(1, ran.code());
    }

    @Test
    void saysWhenTheJarsAreMissing() throws Exception {
        Path lone = Files.copy(launcher, Files.createDirectory(folder.resolve("empty")).resolve("quern"));
        Ran ran = run(lone, "--version");
        assertTrue(ran.err().startsWith("quern: finds neither its jars nor its sources in "), ran.err());
        assertEquals(1, ran.code());
    }

    /** From another folder, in the C locale, with the JDK of this test for JAVA_HOME. */
    private Ran run(Path program, String... arguments) throws IOException, InterruptedException {
        Path errors = folder.resolve("stderr");
        ProcessBuilder builder = new ProcessBuilder(
                Stream.concat(Stream.of(program.toString()), Stream.of(arguments)).toList());
        builder.directory(folder.toFile()).redirectError(errors.toFile());
        builder.environment().put("LC_ALL", "C");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().keySet().removeAll(List.of("QUERN_JAVA_OPTS", "QUERN_DEBUG", "JAVA_TOOL_OPTIONS"));
        Process process = builder.start();
        process.getOutputStream().close();
        try (InputStream out = process.getInputStream()) {
            String text = new String(out.readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), "does not end");
            return new Ran(process.exitValue(), text, Files.readString(errors));
        }
    }
}
