package io.quern.checkpoint;

/** The normalisations of one transformer block. */
public enum NormRole {
    ATTENTION,
    FFN,
    QUERY,
    KEY
}
