/** Arithmetic of quantised language models on plain memory: block formats, packed matrices, vector kernels. */
module io.quern.kernels {
    requires jdk.incubator.vector;

    exports io.quern.kernels;
}
