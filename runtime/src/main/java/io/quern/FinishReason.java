package io.quern;

/** Why a generation ended. */
public enum FinishReason {
    /** The model ended its answer, or a stop string appeared. */
    STOP,
    /** The token limit or the end of the context was reached. */
    LENGTH,
    /** {@link Generation#cancel} was called. */
    CANCELLED
}
