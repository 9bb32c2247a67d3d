package io.quern.cli;

/** What a command works with. */
record Context(Engine engine, Input input, Output output, Terminal terminal) {}
