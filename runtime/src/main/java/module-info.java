/** Files to weights to text: the public API of Quern and its command line. */
module io.quern {
    requires io.quern.kernels;
    requires com.fasterxml.jackson.core;
    requires static info.picocli;

    exports io.quern;

    opens io.quern.cli to info.picocli;
}
