package io.quern;

import io.quern.sampling.Sampler;
import io.quern.sampling.StopStrings;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Consumer;

/**
 * A text being generated. Reading the pieces drives the model: each step of the iterator computes as many tokens as the
 * next piece of whole characters needs. A generation is read once, by one thread; {@link #cancel} may come from any.
 */
public final class Generation implements Iterable<String>, Iterator<String> {
    private final Session session;
    private final GenerationOptions options;
    private final int[] promptIds;
    private final Tokenizer tokenizer;
    private final TokenStreamDecoder decoder;
    private final Sampler sampler;
    private final StopStrings stops;
    private final float[] logits;
    private final int[] nextId = new int[1];
    private final StringBuilder text = new StringBuilder();
    private volatile boolean cancelled;

    private int[] ids = new int[64];
    private int idCount;
    private boolean started;
    private String pending;
    private Consumer<GenerationResult> whenFinished = result -> {};
    private FinishReason finishReason;
    private int newPromptTokens;
    private long promptNanos;
    private long generationNanos;

    Generation(Session session, int[] promptIds, GenerationOptions options) {
        if (promptIds.length == 0) {
            throw new QuernException("the prompt is empty: expected at least one token");
        }
        this.session = session;
        this.promptIds = promptIds.clone();
        this.options = options;
        Model model = session.model();
        this.tokenizer = model.tokenizer();
        this.decoder = tokenizer.streamDecoder();
        this.sampler = new Sampler(options.sampling() == null ? model.samplingDefaults() : options.sampling());
        this.stops = new StopStrings(options.stopStrings());
        this.logits = new float[model.vocabularySize()];
    }

    @Override
    public Iterator<String> iterator() {
        return this;
    }

    @Override
    public boolean hasNext() {
        while (pending == null && finishReason == null) {
            step();
        }
        return pending != null;
    }

    /** The next piece of text: whole characters, never empty. */
    @Override
    public String next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        String piece = pending;
        pending = null;
        return piece;
    }

    /** Ends the generation at the next token. */
    public void cancel() {
        cancelled = true;
    }

    /** Generates what is left and gives the whole result. */
    public GenerationResult result() {
        while (hasNext()) {
            pending = null;
        }
        return currentResult();
    }

    /** Called once, when the last token has been generated. */
    void whenFinished(Consumer<GenerationResult> action) {
        whenFinished = action;
    }

    private GenerationResult currentResult() {
        return new GenerationResult(text.toString(), Arrays.copyOf(ids, idCount), finishReason, promptIds.length,
                newPromptTokens, promptNanos, generationNanos);
    }

    private void step() {
        long start = System.nanoTime();
        if (!started) {
            started = true;
            acceptPrompt();
            promptNanos = System.nanoTime() - start;
            return;
        }
        generateToken();
        generationNanos += System.nanoTime() - start;
    }

    /** At least the last prompt token is computed again, since its logits are needed. */
    private void acceptPrompt() {
        session.truncate(Math.min(session.commonPrefix(promptIds), promptIds.length - 1));
        int[] rest = Arrays.copyOfRange(promptIds, session.position(), promptIds.length);
        newPromptTokens = rest.length;
        session.accept(rest, logits);
    }

    private void generateToken() {
        if (cancelled) {
            finish(FinishReason.CANCELLED);
            return;
        }
        if (options.maxTokens() > 0 && idCount == options.maxTokens()) {
            finish(FinishReason.LENGTH);
            return;
        }
        if (idCount > 0) {
            if (session.position() == session.model().contextLength()) {
                finish(FinishReason.LENGTH);
                return;
            }
            nextId[0] = ids[idCount - 1];
            session.accept(nextId, logits);
        }
        int id = session.draw(sampler, logits);
        if (idCount == ids.length) {
            ids = Arrays.copyOf(ids, 2 * idCount);
        }
        ids[idCount++] = id;
        if (tokenizer.isEndOfGeneration(id)) {
            finish(FinishReason.STOP);
            return;
        }
        emit(stops.accept(decoder.accept(id)));
        if (stops.stopped()) {
            end(FinishReason.STOP);
        }
    }

    private void finish(FinishReason reason) {
        emit(stops.accept(decoder.finish()));
        emit(stops.finish());
        end(stops.stopped() ? FinishReason.STOP : reason);
    }

    private void end(FinishReason reason) {
        finishReason = reason;
        whenFinished.accept(currentResult());
    }

    private void emit(String piece) {
        if (!piece.isEmpty()) {
            text.append(piece);
            pending = pending == null ? piece : pending + piece;
        }
    }
}
