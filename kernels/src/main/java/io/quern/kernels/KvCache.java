package io.quern.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.Arrays;

/**
 * Keys and values of the tokens seen so far, for every layer of one session: in f16, or in f32 where results must be
 * exact.
 *
 * <p>Memory is taken outside the heap, in chunks of {@value #CHUNK_PAGES} pages of {@value #PAGE} positions for all
 * layers, as the context grows; nothing is reserved for positions that are never reached. A tile holds one page of
 * one kv head, in the order in which attention reads it:
 * <pre>
 * keys    [PAGE / PANEL][headSize][PANEL]            32 positions side by side: lane = position
 * values  [paddedHeadSize / PANEL][PAGE][PANEL]      32 dimensions side by side: lane = dimension
 * </pre>
 * where {@code paddedHeadSize} is the head size rounded up to a multiple of {@value #PANEL}. The tiles of one head in
 * one chunk follow each other, so that decode reads long sequential streams.
 *
 * <p>Not thread-safe, except that different positions may be stored by different threads once {@link #ensure} has
 * returned.
 */
public final class KvCache implements AutoCloseable {
    /** Positions of one page. */
    public static final int PAGE = 64;

    /** Floats that lie side by side in a tile: two vectors of 512 bits, four of 256, eight of 128. */
    static final int PANEL = 32;

    private static final int CHUNK_PAGES = 4;
    private static final Cleaner CLEANER = Cleaner.create();
    private static final ValueLayout.OfShort F16 = ValueLayout.JAVA_SHORT;
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT;

    private final TensorType type;
    private final int layerCount;
    private final int kvHeadCount;
    private final int headSize;
    private final int contextLength;
    private final int keyElements;
    private final int tileElements;
    private final Arena arena = Arena.ofShared();
    /** Gives the memory back at {@link #close}, or when a forgotten cache is collected. */
    private final Cleaner.Cleanable memory;
    private MemorySegment[] chunks = new MemorySegment[0];

    /**
     * An empty cache.
     *
     * @param type of the stored elements, F16 or F32
     * @param contextLength the most positions it may ever hold
     */
    public KvCache(TensorType type, int layerCount, int kvHeadCount, int headSize, int contextLength) {
        if (type != TensorType.F16 && type != TensorType.F32) {
            throw new IllegalArgumentException("KvCache: type " + type + ", expected F16 or F32");
        }
        if (layerCount < 1 || kvHeadCount < 1 || contextLength < 1) {
            throw new IllegalArgumentException("KvCache: layers " + layerCount + ", kv heads " + kvHeadCount
                    + ", context length " + contextLength + " must all be positive");
        }
        if (headSize < 2 || headSize % 2 != 0 || headSize > 1 << 16) {
            throw new IllegalArgumentException("KvCache: head size " + headSize + " must be even, 2 to 65536");
        }
        this.type = type;
        this.layerCount = layerCount;
        this.kvHeadCount = kvHeadCount;
        this.headSize = headSize;
        this.contextLength = contextLength;
        this.keyElements = PAGE * headSize;
        this.tileElements = keyElements + PAGE * paddedHeadSize(headSize);
        Arena owned = arena; // the action must not hold this object
        this.memory = CLEANER.register(this, owned::close);
    }

    static int paddedHeadSize(int headSize) {
        return (headSize + PANEL - 1) / PANEL * PANEL;
    }

    /** Bytes that a cache of this shape takes when it holds so many positions. */
    public static long byteSize(TensorType type, int layerCount, int kvHeadCount, int headSize, int positions) {
        long pages = (positions + PAGE - 1L) / PAGE;
        return pages * PAGE * type.bytesPerBlock() * (headSize + paddedHeadSize(headSize)) * kvHeadCount * layerCount;
    }

    public int contextLength() {
        return contextLength;
    }

    public int kvHeadCount() {
        return kvHeadCount;
    }

    public int headSize() {
        return headSize;
    }

    /** Bytes allocated now. */
    public long byteSize() {
        long sum = 0;
        for (MemorySegment chunk : chunks) {
            sum += chunk.byteSize();
        }
        return sum;
    }

    /** Makes room for positions {@code 0 <= position < count}. What is stored already stays. */
    public void ensure(int count) {
        if (count < 0 || count > contextLength) {
            throw new IllegalArgumentException("KvCache: " + count + " positions, the context length is "
                    + contextLength);
        }
        int pages = (count + PAGE - 1) / PAGE;
        int needed = (pages + CHUNK_PAGES - 1) / CHUNK_PAGES;
        int have = chunks.length;
        if (needed <= have) {
            return;
        }
        // All or nothing: when memory runs out, the cache still serves what it holds.
        MemorySegment[] grown = Arrays.copyOf(chunks, needed);
        for (int i = have; i < needed; i++) {
            grown[i] = arena.allocate(elementBytes() * tileElements * pagesOfChunk(i) * kvHeadCount * layerCount, 64);
        }
        chunks = grown;
    }

    private int pagesOfChunk(int chunk) {
        int allPages = (int) ((contextLength + PAGE - 1L) / PAGE);
        return Math.min(CHUNK_PAGES, allPages - chunk * CHUNK_PAGES);
    }

    /**
     * Stores the keys and values {@code (kvHeadCount, headSize)} of one token, rounded to the nearest f16 if the
     * cache is of that type.
     *
     * @param position below the count given to {@link #ensure}
     */
    public void store(int layer, int position, float[] keys, int keyOffset, float[] values, int valueOffset) {
        MemorySegment chunk = chunkOf(layer, position);
        int inPage = position % PAGE;
        int keyInTile = inPage / PANEL * PANEL * headSize + inPage % PANEL;
        for (int head = 0; head < kvHeadCount; head++) {
            long tile = tileOffset(layer, head, position / PAGE);
            long key = tile + elementBytes() * keyInTile;
            long value = tile + elementBytes() * (keyElements + inPage * PANEL);
            if (type == TensorType.F16) {
                storeKey16(chunk, key, keys, keyOffset + head * headSize, headSize);
                storeValue16(chunk, value, values, valueOffset + head * headSize, headSize);
            } else {
                storeKey32(chunk, key, keys, keyOffset + head * headSize, headSize);
                storeValue32(chunk, value, values, valueOffset + head * headSize, headSize);
            }
        }
        Reference.reachabilityFence(this);
    }

    private static void storeKey16(MemorySegment chunk, long offset, float[] keys, int from, int headSize) {
        for (int d = 0; d < headSize; d++) {
            chunk.set(F16, offset + 2L * PANEL * d, Float.floatToFloat16(keys[from + d]));
        }
    }

    private static void storeValue16(MemorySegment chunk, long offset, float[] values, int from, int headSize) {
        for (int d = 0; d < headSize; d++) {
            long at = offset + 2L * (d / PANEL * PANEL * PAGE + d % PANEL);
            chunk.set(F16, at, Float.floatToFloat16(values[from + d]));
        }
    }

    private static void storeKey32(MemorySegment chunk, long offset, float[] keys, int from, int headSize) {
        for (int d = 0; d < headSize; d++) {
            chunk.set(F32, offset + 4L * PANEL * d, keys[from + d]);
        }
    }

    private static void storeValue32(MemorySegment chunk, long offset, float[] values, int from, int headSize) {
        for (int d = 0; d < headSize; d++) {
            chunk.set(F32, offset + 4L * (d / PANEL * PANEL * PAGE + d % PANEL), values[from + d]);
        }
    }

    /** The key element of one position as stored. For tests and plain loops. */
    public float key(int layer, int kvHead, int position, int d) {
        int inPage = position % PAGE;
        int element = inPage / PANEL * PANEL * headSize + d * PANEL + inPage % PANEL;
        return element(layer, kvHead, position, element);
    }

    /** The value element of one position as stored. For tests and plain loops. */
    public float value(int layer, int kvHead, int position, int d) {
        int element = keyElements + d / PANEL * PANEL * PAGE + position % PAGE * PANEL + d % PANEL;
        return element(layer, kvHead, position, element);
    }

    private float element(int layer, int kvHead, int position, int element) {
        MemorySegment chunk = chunkOf(layer, position);
        long at = tileOffset(layer, kvHead, position / PAGE) + elementBytes() * element;
        return type == TensorType.F16 ? Float.float16ToFloat(chunk.get(F16, at)) : chunk.get(F32, at);
    }

    private MemorySegment chunkOf(int layer, int position) {
        int index = position / (PAGE * CHUNK_PAGES);
        if (layer < 0 || layer >= layerCount || position < 0 || position >= contextLength || index >= chunks.length) {
            throw new IndexOutOfBoundsException("KvCache: layer " + layer + " of " + layerCount + ", position "
                    + position
                    + ", room for " + Math.min(contextLength, chunks.length * CHUNK_PAGES * PAGE));
        }
        return chunks[index];
    }

    private long tileOffset(int layer, int kvHead, int page) {
        int pages = pagesOfChunk(page / CHUNK_PAGES);
        return elementBytes() * tileElements * (((long) layer * kvHeadCount + kvHead) * pages + page % CHUNK_PAGES);
    }

    /** Keys, then values, of one tile as floats. */
    void loadTile(int layer, int kvHead, int page, float[] target) {
        MemorySegment chunk = chunkOf(layer, page * PAGE);
        long tile = tileOffset(layer, kvHead, page);
        if (type == TensorType.F16) {
            HalfFloats.toFloats(chunk, tile, target, 0, tileElements);
        } else {
            MemorySegment.copy(chunk, F32, tile, target, 0, tileElements);
        }
        Reference.reachabilityFence(this);
    }

    private long elementBytes() {
        return type.bytesPerBlock();
    }

    /** Gives the memory back. The cache cannot be used afterwards. Closing again does nothing. */
    @Override
    public void close() {
        chunks = new MemorySegment[0];
        memory.clean();
    }
}
