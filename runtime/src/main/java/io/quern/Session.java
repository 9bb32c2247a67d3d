package io.quern;

import io.quern.model.ForwardPass;
import io.quern.sampling.Sampler;
import java.util.Arrays;

/**
 * One text in the making, at the level of tokens: ids go in, logits come out. A session remembers what it was given
 * (the KV cache), so that each call adds to the text so far.
 *
 * <p>Cheap to make. Several sessions of one model may run in parallel and share its workers; calls on one session wait
 * for each other.
 */
public final class Session implements AutoCloseable {
    private final Model model;
    private final ForwardPass forwardPass;
    private int[] history = new int[256];
    private int position;

    Session(Model model, ForwardPass forwardPass) {
        this.model = model;
        this.forwardPass = forwardPass;
    }

    /** The model that this session runs. */
    public Model model() {
        return model;
    }

    /** Tokens that the session holds. */
    public synchronized int position() {
        return position;
    }

    /** The tokens that the session holds, a copy. */
    public synchronized int[] history() {
        return Arrays.copyOf(history, position);
    }

    /**
     * Adds tokens and gives the logits after the last of them: one for each entry of the vocabulary, a new array.
     *
     * @throws QuernException if there are no ids, if one is not in the vocabulary or if the context has no room for all
     *     of them; nothing is added then
     */
    public float[] accept(int... ids) {
        float[] logits = new float[model.vocabularySize()];
        accept(ids, logits);
        return logits;
    }

    /**
     * As {@link #accept(int...)}, into an array of at least {@link Model#vocabularySize} elements: allocates nothing.
     */
    public synchronized void accept(int[] ids, float[] logits) {
        if (logits.length < model.vocabularySize()) {
            throw new IllegalArgumentException(
                    "logits length " + logits.length + " < vocabulary " + model.vocabularySize());
        }
        check(ids);
        for (int from = 0; from < ids.length; from += ForwardPass.MAX_BATCH) {
            int count = Math.min(ForwardPass.MAX_BATCH, ids.length - from);
            forward(ids, from, count);
            if (from + count == ids.length) {
                forwardPass.logits(count - 1, 1, logits);
            }
        }
    }

    /** Adds tokens and gives the logits after each of them: {@code [ids.length][vocabulary]}. */
    public synchronized float[][] acceptAll(int... ids) {
        check(ids);
        int vocabulary = model.vocabularySize();
        float[][] all = new float[ids.length][vocabulary];
        float[] block = new float[Math.min(LOGITS_BLOCK, ids.length) * vocabulary];
        for (int from = 0; from < ids.length; from += ForwardPass.MAX_BATCH) {
            int count = Math.min(ForwardPass.MAX_BATCH, ids.length - from);
            forward(ids, from, count);
            for (int first = 0; first < count; first += LOGITS_BLOCK) {
                int rows = Math.min(LOGITS_BLOCK, count - first);
                forwardPass.logits(first, rows, block);
                for (int row = 0; row < rows; row++) {
                    System.arraycopy(block, row * vocabulary, all[from + first + row], 0, vocabulary);
                }
            }
        }
        return all;
    }

    /** Tokens whose logits are computed together. */
    private static final int LOGITS_BLOCK = 32;

    /** Forgets all tokens from {@code newPosition} on; the next one takes that place. */
    public synchronized void truncate(int newPosition) {
        if (newPosition < 0 || newPosition > position) {
            throw new IllegalArgumentException("position " + newPosition + " is not in 0.." + position);
        }
        position = newPosition;
    }

    /**
     * Generates text after {@code promptIds}, which are the whole text so far: what the session holds of it already is
     * not computed again, what differs is forgotten. Nothing runs until the result is read.
     */
    public Generation generate(int[] promptIds, GenerationOptions options) {
        return new Generation(this, promptIds, options);
    }

    /** Frees the cache. */
    @Override
    public synchronized void close() {
        forwardPass.close();
    }

    /** The next token, by what the session holds. */
    synchronized int draw(Sampler sampler, float[] logits) {
        return sampler.next(logits, history, position);
    }

    private void check(int[] ids) {
        if (ids.length == 0) {
            throw new QuernException("no tokens to accept: expected at least one id");
        }
        if (ids.length > model.contextLength() - position) {
            throw new QuernException("the context of " + model.contextLength() + " tokens has no room for " + ids.length
                    + " more after " + position);
        }
        for (int id : ids) {
            if (id < 0 || id >= model.vocabularySize()) {
                throw new QuernException("token id " + id + " is not in the vocabulary of " + model.vocabularySize());
            }
        }
    }

    private void forward(int[] ids, int from, int count) {
        model.checkOpen();
        forwardPass.forward(ids, from, count, position);
        if (position + count > history.length) {
            history = Arrays.copyOf(history, Math.max(position + count, 2 * history.length));
        }
        System.arraycopy(ids, from, history, position, count);
        position += count;
    }

    /** The length of the longest common start of what the session holds and {@code ids}. */
    synchronized int commonPrefix(int[] ids) {
        int limit = Math.min(position, ids.length);
        int mismatch = Arrays.mismatch(history, 0, limit, ids, 0, limit);
        return mismatch < 0 ? limit : mismatch;
    }
}
