package io.quern.cli;

import io.quern.WeightStorage;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What to load, and how.
 *
 * @param model a file, or empty for the embedded model
 * @param threads how many to compute with, or 0 for as many as there are cores
 * @param contextLength positions to make room for, or 0 for the model's own number
 * @param weights where the weights live
 */
record LoadSettings(Optional<Path> model, int threads, int contextLength, WeightStorage weights) {}
