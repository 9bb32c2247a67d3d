package io.quern.checkpoint;

/** The linear layers of one transformer block. */
public enum LinearRole {
    QUERY,
    KEY,
    VALUE,
    OUTPUT,
    FFN_GATE,
    FFN_UP,
    FFN_DOWN
}
