package io.quern.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TerminalTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream error = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    @Test
    void progressIsReplacedAndGoesAway() {
        Terminal terminal = new Terminal(error, "2", 10, false);
        terminal.progress("loading 1");
        terminal.progress("loading 100 %");
        terminal.message("done");
        assertEquals("\r\033[Kloading 1\r\033[Kloading 1\r\033[Kdone\n", bytes.toString(StandardCharsets.UTF_8));
    }

    @Test
    void nobodyWatchesAPipe() {
        Terminal terminal = new Terminal(error, "01", 80, true);
        terminal.progress("loading");
        terminal.remark("fast");
        terminal.message(terminal.dim("plain"));
        assertEquals("plain\n", bytes.toString(StandardCharsets.UTF_8));
    }
}
