/** The command line: options, terminal, exit codes. It uses the public API alone, and no other package sees it. */
package io.quern.cli;
