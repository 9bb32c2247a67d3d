/**
 * Arithmetic on memory: block formats of quantised weights, packed matrices and the vector kernels that multiply with
 * them. No files, no threads, no logging; depends on the JDK alone.
 */
package io.quern.kernels;
