package io.quern.cli;

/** What a command works with. */
record Context(Input input, Output output, Terminal terminal) {}
