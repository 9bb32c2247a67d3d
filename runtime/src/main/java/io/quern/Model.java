package io.quern;

import io.quern.checkpoint.Checkpoint;
import io.quern.checkpoint.Checkpoints;
import io.quern.kernels.TensorType;
import io.quern.model.ForwardPass;
import io.quern.model.KernelWarmUp;
import io.quern.model.TransformerWeights;
import io.quern.model.WeightLoader;
import io.quern.model.Workers;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A language model, ready to run. Immutable and safe for use by many threads: each takes its own {@link Session} or
 * {@link Chat}. Holds the mapped file, packed weights and worker threads until it is closed.
 */
public final class Model implements AutoCloseable {
    private final Checkpoint checkpoint;
    private final Arena arena;
    private final Workers workers;
    private final TransformerWeights weights;
    private final ChatTemplates.Choice template;
    private final ModelOptions options;
    private final int contextLength;
    private volatile boolean closed;

    private Model(Checkpoint checkpoint, Arena arena, Workers workers, TransformerWeights weights,
            ModelOptions options) {
        this.checkpoint = checkpoint;
        this.arena = arena;
        this.workers = workers;
        this.weights = weights;
        this.options = options;
        this.contextLength = contextLength(checkpoint, options);
        this.template = ChatTemplates.select(
                checkpoint.chatTemplate().orElse(null),
                token -> checkpoint.tokenizer().idOf(token).isPresent());
    }

    /**
     * Loads a GGUF file (the first part, if it is split) or a Hugging Face folder with all cores.
     *
     * @throws QuernException if the file is not there, damaged, or of a kind that cannot be run; the message says which
     */
    public static Model load(Path path) {
        return load(path, ModelOptions.defaults());
    }

    /** As {@link #load(Path)}, with options. */
    public static Model load(Path path, ModelOptions options) {
        return load(() -> Checkpoints.open(path), options);
    }

    /**
     * Loads the pocket guide, a tiny model that comes with the library and answers questions about running models
     * locally.
     */
    public static Model loadPocketGuide(ModelOptions options) {
        return load(Checkpoints::openPocketGuide, options);
    }

    private static Model load(Supplier<Checkpoint> open, ModelOptions options) {
        KernelWarmUp warmUp = new KernelWarmUp(options.activations() == ActivationPrecision.F32);
        Checkpoint checkpoint;
        try {
            checkpoint = open.get();
        } catch (Throwable e) {
            warmUp.cancel();
            throw e;
        }
        Arena arena = Arena.ofShared();
        Workers workers = null;
        try {
            contextLength(checkpoint, options);
            workers = options.threads() == 0 ? new Workers() : new Workers(options.threads());
            TransformerWeights weights = WeightLoader.load(checkpoint, options.weights() == WeightStorage.MAPPED,
                    workers, arena, options.progress(), warmUp);
            Model model = new Model(checkpoint, arena, workers, weights, options);
            warmUp.close();
            return model;
        } catch (Throwable e) {
            warmUp.cancel();
            if (workers != null) {
                workers.close();
            }
            arena.close();
            checkpoint.close();
            throw e;
        }
    }

    private static int contextLength(Checkpoint checkpoint, ModelOptions options) {
        int trained = checkpoint.config().contextLength();
        if (options.contextLength() > trained) {
            throw new QuernException("context " + options.contextLength() + " is longer than the " + trained
                    + " tokens that " + checkpoint.path() + " was made for");
        }
        return options.contextLength() == 0 ? trained : options.contextLength();
    }

    /** A new, empty session. */
    public Session newSession() {
        checkOpen();
        return new Session(this, new ForwardPass(weights, workers, contextLength, exact()));
    }

    /** A new conversation. */
    public Chat chat(ChatOptions chatOptions) {
        return new Chat(this, chatOptions);
    }

    /** The model's tokenizer. */
    public Tokenizer tokenizer() {
        return checkpoint.tokenizer();
    }

    /**
     * The template that turns messages into a prompt: the model's own, or a stand-in, see {@link
     * #chatTemplateExplanation}.
     */
    public ChatTemplate chatTemplate() {
        return template.template();
    }

    /** One sentence that says where {@link #chatTemplate} comes from. */
    public String chatTemplateExplanation() {
        return template.explanation();
    }

    /** Whether the model's file has a chat template of its own. */
    public boolean hasChatTemplate() {
        return template.source() == ChatTemplates.Source.MODEL;
    }

    /** The token ids of a conversation, ready for the model's answer. */
    public int[] chatPrompt(List<ChatMessage> messages) {
        String text = chatTemplate().render(messages, true, Map.copyOf(checkpoint.templateVariables()));
        return tokenizer().encode(text, false, true);
    }

    /**
     * How the model's makers want it sampled, where its files say so; {@link SamplingOptions#defaults} for the rest.
     *
     * @throws QuernException if the files say something impossible
     */
    public SamplingOptions samplingDefaults() {
        SamplingOptions sampling = SamplingOptions.defaults();
        for (Map.Entry<String, Double> entry : checkpoint.samplingDefaults().entrySet()) {
            float value = entry.getValue().floatValue();
            try {
                sampling = switch (entry.getKey()) {
                    case "temperature" -> sampling.withTemperature(value);
                    case "top_p" -> sampling.withTopP(value);
                    case "top_k" -> sampling.withTopK((int) value);
                    case "min_p" -> sampling.withMinP(value);
                    case "repetition_penalty" -> sampling.withRepetitionPenalty(value);
                    default -> throw new IllegalStateException("sampling key " + entry.getKey());
                };
            } catch (IllegalArgumentException e) {
                throw new QuernException(checkpoint.path() + ": default sampling: " + e.getMessage(), e);
            }
        }
        return sampling;
    }

    /** Number of logits: rows of the output matrix, which may differ from the tokenizer's count. */
    public int vocabularySize() {
        return checkpoint.config().vocabularySize();
    }

    /** Positions that a session holds at most. */
    public int contextLength() {
        return contextLength;
    }

    /** What was loaded: format, shape, quantisation, memory, threads. */
    public ModelDescription describe() {
        return ModelDescription.of(checkpoint, weights, workers.threadCount(), contextLength,
                exact() ? TensorType.F32 : TensorType.F16);
    }

    /** What may be wrong with the model's weights though they can be read, in sentences for people. Mostly empty. */
    public List<String> warnings() {
        return checkpoint.warnings();
    }

    /** Ends the worker threads and frees all memory. Sessions of this model cannot be used any more. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        workers.close();
        arena.close();
        checkpoint.close();
    }

    private boolean exact() {
        return options.activations() == ActivationPrecision.F32;
    }

    void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the model is closed");
        }
    }
}
