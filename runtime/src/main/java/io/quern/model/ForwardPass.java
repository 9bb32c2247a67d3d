package io.quern.model;

import io.quern.checkpoint.ModelConfig;
import io.quern.kernels.Activations;
import io.quern.kernels.Attention;
import io.quern.kernels.AttentionScratch;
import io.quern.kernels.KvCache;
import io.quern.kernels.Residual;
import io.quern.kernels.RmsNorm;
import io.quern.kernels.RotaryEmbedding;
import io.quern.kernels.SiLu;
import io.quern.kernels.TensorType;

/**
 * The forward pass of one session: tokens in, logits out. Reads top to bottom: {@link #forward} embeds a batch of
 * tokens and sends it through the blocks, each an {@link #attention} and a {@link #feedForward}; {@link #logits} ends
 * it.
 *
 * <p>All activations are rows of f32, one row a token. For one thread at a time; parallel sections run on the workers.
 */
public final class ForwardPass implements AutoCloseable {
    /** Tokens of one batch at most: enough to pay for unpacking the weights once a batch. */
    public static final int MAX_BATCH = 256;

    /** Unpacking pays from here on, however large the model. */
    private static final int LEAST_FEW_TOKENS = 8;

    /** From here on it pays however small the model. */
    static final int MOST_FEW_TOKENS = 64;

    /** A tenth of a second's work, in which unpacking would gain less than compiling its kernels takes. */
    private static final long FEW_MULTIPLY_ADDS = 8_000_000_000L;

    private final TransformerWeights weights;
    private final ModelConfig config;
    private final Workers workers;
    private final LinearProduct product;
    private final RotaryEmbedding rope;
    private final KvCache cache;
    private final Attention attention;
    private final AttentionScratch[] attentionScratch; // by worker
    private final int queryLength;
    private final int kvLength;

    private int capacity; // rows that the buffers below hold
    private float[] hidden; // (tokens, embedding)
    private float[] normed; // (tokens, embedding)
    private float[] query; // (tokens, heads * headSize)
    private float[] key; // (tokens, kvHeads * headSize)
    private float[] value; // (tokens, kvHeads * headSize)
    private float[] attended; // (tokens, heads * headSize)
    private float[] gate; // (tokens, feedForward)
    private float[] up; // (tokens, feedForward)
    private float[] ropeTable; // (tokens, tableStride)

    private int tokens; // of the current batch
    private int position; // of its first token
    private int layerIndex;
    private TransformerWeights.Layer layer;
    private float[] normWeight;

    private final Workers.Task normTask = (token, worker) -> norm(token);
    private final Workers.Task residualTask = (token, worker) -> addResidual(token);
    private final Workers.Task rotateAndStoreTask = (token, worker) -> rotateAndStore(token);
    private final Workers.Task attentionTask;
    private final Workers.Task gateTask = (token, worker) -> applyGate(token);

    /**
     * A forward pass with an empty cache.
     *
     * @param contextLength tokens that the cache can hold
     * @param exact f32 everywhere, instead of integer activations and an f16 cache
     */
    public ForwardPass(TransformerWeights weights, Workers workers, int contextLength, boolean exact) {
        this.weights = weights;
        this.config = weights.config();
        this.workers = workers;
        Activations.Precision precision = exact ? Activations.Precision.F32 : Activations.Precision.INTEGER;
        this.product = new LinearProduct(workers, precision, widestInput(config),
                fewTokens(weights.layerParameters() + weights.outputParameters()));
        this.rope = rotaryEmbedding(config.rope());
        this.queryLength = config.headCount() * config.headSize();
        this.kvLength = config.kvHeadCount() * config.headSize();
        this.cache = new KvCache(exact ? TensorType.F32 : TensorType.F16, config.layerCount(), config.kvHeadCount(),
                config.headSize(), contextLength);
        this.attention = new Attention(config.headCount(), config.kvHeadCount(), config.headSize());
        this.attentionScratch = new AttentionScratch[workers.threadCount()];
        for (int i = 0; i < attentionScratch.length; i++) {
            attentionScratch[i] = attention.newScratch();
        }
        this.attentionTask = (chunk, worker) -> attention.compute(chunk, attentionScratch[worker]);
        reserve(1);
    }

    /**
     * Tokens of a batch up to which a model of so many weights multiplies them one after the other with rows that stay
     * in the cache, instead of unpacking the rows. Small models do for longer, at the same speed: the JVM then need not
     * compile the matrix-matrix kernels before a short prompt's first token.
     */
    static int fewTokens(long weights) {
        return Math.clamp(FEW_MULTIPLY_ADDS / weights, LEAST_FEW_TOKENS, MOST_FEW_TOKENS);
    }

    private static int widestInput(ModelConfig config) {
        return Math.max(Math.max(config.embeddingLength(), config.feedForwardLength()),
                config.headCount() * config.headSize());
    }

    static RotaryEmbedding rotaryEmbedding(ModelConfig.Rope rope) {
        RotaryFrequencies frequencies = RotaryFrequencies.of(rope);
        RotaryEmbedding.Layout layout =
                rope.interleaved() ? RotaryEmbedding.Layout.INTERLEAVED : RotaryEmbedding.Layout.HALVES;
        return new RotaryEmbedding(frequencies.inverse(), frequencies.magnitude(), layout);
    }

    /**
     * Runs up to {@link #MAX_BATCH} tokens through all blocks, as positions {@code position ..}; whatever the cache
     * held from there on is replaced. Ids are in the vocabulary, positions in the context: the caller checks.
     */
    public void forward(int[] ids, int from, int count, int position) {
        this.tokens = count;
        this.position = position;
        reserve(count);
        cache.ensure(position + count);
        rope.fillTable(position, count, ropeTable, 0);
        embed(ids, from);
        for (layerIndex = 0; layerIndex < config.layerCount(); layerIndex++) {
            layer = weights.layers()[layerIndex];
            attention();
            feedForward();
        }
    }

    /**
     * The logits after {@code count} tokens of the last batch, from its token {@code first} on: {@code (count,
     * vocabulary)}.
     */
    public void logits(int first, int count, float[] logits) {
        int length = config.embeddingLength();
        RmsNorm.rows(hidden, first * length, weights.outputNorm(), config.normEpsilon(), normed, 0, length, count);
        product.multiply(weights.output(), normed, count, logits);
    }

    private void embed(int[] ids, int from) {
        int length = config.embeddingLength();
        for (int t = 0; t < tokens; t++) {
            weights.tokenEmbedding().dequantizeRow(ids[from + t], hidden, t * length);
        }
    }

    private void attention() {
        normWeight = layer.attentionNorm();
        forEachToken(normTask);
        product.multiply(layer.queryKeyValue(), normed, tokens, query, key, value);
        forEachToken(rotateAndStoreTask);
        int chunks = attention.begin(cache, layerIndex, config.slidingWindow()[layerIndex], position, tokens,
                query, 0, queryLength, attended, 0, queryLength);
        workers.run(chunks, attentionTask);
        product.multiply(layer.attentionOutput(), attended, tokens, normed);
        forEachToken(residualTask);
    }

    private void rotateAndStore(int token) {
        int q = token * queryLength;
        int kv = token * kvLength;
        int size = config.headSize();
        if (layer.queryNorm() != null) {
            RmsNorm.rows(query, q, layer.queryNorm(), config.normEpsilon(), query, q, size, config.headCount());
            RmsNorm.rows(key, kv, layer.keyNorm(), config.normEpsilon(), key, kv, size, config.kvHeadCount());
        }
        int table = token * rope.tableStride();
        rope.rotate(query, q, config.headCount(), size, ropeTable, table);
        rope.rotate(key, kv, config.kvHeadCount(), size, ropeTable, table);
        cache.store(layerIndex, position + token, key, kv, value, kv);
    }

    private void feedForward() {
        normWeight = layer.ffnNorm();
        forEachToken(normTask);
        product.multiply(layer.gateUp(), normed, tokens, gate, up);
        forEachToken(gateTask);
        product.multiply(layer.ffnDown(), gate, tokens, normed);
        forEachToken(residualTask);
    }

    private void applyGate(int token) {
        int length = config.feedForwardLength();
        SiLu.gate(gate, token * length, up, token * length, gate, token * length, length);
    }

    private void norm(int token) {
        int length = config.embeddingLength();
        RmsNorm.row(hidden, token * length, normWeight, config.normEpsilon(), normed, token * length, length);
    }

    /** What the last product gave joins the residual stream. */
    private void addResidual(int token) {
        int length = config.embeddingLength();
        Residual.add(hidden, token * length, normed, token * length, length);
    }

    /** A single token is not worth waking the workers. */
    private void forEachToken(Workers.Task task) {
        if (tokens == 1) {
            task.run(0, 0);
        } else {
            workers.run(tokens, task);
        }
    }

    /** Grows the buffers to so many tokens. */
    private void reserve(int count) {
        if (count <= capacity) {
            return;
        }
        capacity = count == 1 ? 1 : Math.min(MAX_BATCH, Math.max(count, 2 * capacity));
        hidden = new float[capacity * config.embeddingLength()];
        normed = new float[capacity * config.embeddingLength()];
        query = new float[capacity * queryLength];
        key = new float[capacity * kvLength];
        value = new float[capacity * kvLength];
        attended = new float[capacity * queryLength];
        gate = new float[capacity * config.feedForwardLength()];
        up = new float[capacity * config.feedForwardLength()];
        ropeTable = new float[capacity * rope.tableStride()];
        product.reserve(capacity);
    }

    /** Frees the cache. */
    @Override
    public void close() {
        cache.close();
    }
}
