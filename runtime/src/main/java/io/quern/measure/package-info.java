/**
 * Measurements of models on this machine: speed beside what the machine can do at best, and quality beside exact
 * arithmetic.
 */
package io.quern.measure;
