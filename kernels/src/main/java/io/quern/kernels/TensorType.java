package io.quern.kernels;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Element types of stored tensors, spelt and numbered as GGUF does (formats.md E.6).
 *
 * <p>A tensor is a sequence of blocks of {@link #elementsPerBlock} elements in {@link #bytesPerBlock} bytes; plain
 * types have one element a block.
 */
public enum TensorType {
    F32(0, 4, PlainElements::f32),
    F16(1, 2, PlainElements::f16),
    Q4_0(2, 32, 18, Q40Blocks::decode),
    Q4_1(3, 32, 20, Q41Blocks::decode),
    Q5_0(6, 32, 22, Q50Blocks::decode),
    Q5_1(7, 32, 24, Q51Blocks::decode),
    Q8_0(8, 32, 34, Q80Blocks::decode),
    Q2_K(10, 256, 84, Q2KBlocks::decode),
    Q3_K(11, 256, 110, Q3KBlocks::decode),
    Q4_K(12, 256, 144, Q4KBlocks::decode),
    Q5_K(13, 256, 176, Q5KBlocks::decode),
    Q6_K(14, 256, 210, Q6KBlocks::decode),
    Q8_K(15, 256, 292, Q8KBlocks::decode),
    IQ2_XXS(16, 256, 66, IQ2XXSBlocks::decode),
    IQ2_XS(17, 256, 74, IQ2XSBlocks::decode),
    IQ3_XXS(18, 256, 98, IQ3XXSBlocks::decode),
    IQ1_S(19, 256, 50, IQ1SBlocks::decode),
    IQ4_NL(20, 32, 18, IQ4NLBlocks::decode),
    IQ3_S(21, 256, 110, IQ3SBlocks::decode),
    IQ2_S(22, 256, 82, IQ2SBlocks::decode),
    IQ4_XS(23, 256, 136, IQ4XSBlocks::decode),
    I8(24, 1, PlainElements::i8),
    I16(25, 2, PlainElements::i16),
    I32(26, 4, PlainElements::i32),
    I64(27, 8, PlainElements::i64),
    F64(28, 8, PlainElements::f64),
    IQ1_M(29, 256, 56, IQ1MBlocks::decode),
    BF16(30, 2, PlainElements::bf16),
    TQ1_0(34, 256, 54, TQ10Blocks::decode),
    TQ2_0(35, 256, 66, TQ20Blocks::decode),
    MXFP4(39, 32, 17, MXFP4Blocks::decode),
    NVFP4(40, 64, 36, NVFP4Blocks::decode),
    Q1_0(41, 128, 18, Q10Blocks::decode),
    Q2_0(42, 64, 18, Q20Blocks::decode);

    /** An id below this one that no constant has was given up by the format's makers. */
    private static final int ID_LIMIT = 43;

    private static final TensorType[] BY_ID = new TensorType[ID_LIMIT];

    static {
        for (TensorType type : values()) {
            BY_ID[type.id] = type;
        }
    }

    private final int id;
    private final int elementsPerBlock;
    private final int bytesPerBlock;
    private final ElementDecoder decoder;

    TensorType(int id, int bytesPerElement, ElementDecoder decoder) {
        this.id = id;
        this.elementsPerBlock = 1;
        this.bytesPerBlock = bytesPerElement;
        this.decoder = decoder;
    }

    TensorType(int id, int elementsPerBlock, int bytesPerBlock, BlockDecoder decoder) {
        this.id = id;
        this.elementsPerBlock = elementsPerBlock;
        this.bytesPerBlock = bytesPerBlock;
        this.decoder = ElementDecoder.ofBlocks(decoder, elementsPerBlock, bytesPerBlock);
    }

    /**
     * The type that GGUF files number so.
     *
     * @throws IllegalArgumentException if there is none, with what is known about the id
     */
    public static TensorType ofId(int id) {
        if (id >= 0 && id < ID_LIMIT && BY_ID[id] != null) {
            return BY_ID[id];
        }
        String reason = switch (id) {
            case 9 -> "Q8_1 is a format of activations, not of stored weights";
            case 4, 5, 31, 32, 33, 37, 38 -> "it was removed from the format";
            case 36 -> "it is I2_S of another program, or was removed from the format";
            default -> id >= 97
                    ? "it is a private type of ik_llama.cpp, or newer than this program"
                    : "ids run from 0 to " + (ID_LIMIT - 1);
        };
        throw new IllegalArgumentException("unknown tensor type " + id + ": " + reason);
    }

    /** The number that GGUF files use for this type. */
    public int id() {
        return id;
    }

    public int elementsPerBlock() {
        return elementsPerBlock;
    }

    public int bytesPerBlock() {
        return bytesPerBlock;
    }

    /** Whether elements stand alone, as numbers and not in blocks with a scale. */
    public boolean isPlain() {
        return elementsPerBlock == 1;
    }

    /** Whether weights can be of this type: all but plain integers. */
    public boolean isWeight() {
        return switch (this) {
            case I8, I16, I32, I64 -> false;
            default -> true;
        };
    }

    /**
     * The bytes of a number of elements.
     *
     * @throws IllegalArgumentException if they are not whole blocks
     * @throws ArithmeticException if the bytes do not fit a long
     */
    public long byteSize(long elementCount) {
        if (elementCount < 0 || elementCount % elementsPerBlock != 0) {
            throw new IllegalArgumentException(elementCount + " elements are not whole " + this + " blocks of "
                    + elementsPerBlock);
        }
        return Math.multiplyExact(elementCount / elementsPerBlock, bytesPerBlock);
    }

    /**
     * Turns stored elements into floats: the exact values that the format defines, bit for bit what ggml's reference
     * code gives. This is the measure of every faster kernel.
     *
     * @param byteOffset where the first block starts in the source
     * @param elementCount a whole number of blocks
     * @throws IllegalArgumentException if these are not whole blocks
     * @throws IndexOutOfBoundsException if source or target are too short
     */
    public void dequantize(
            MemorySegment source, long byteOffset, float[] target, int targetOffset, int elementCount) {
        Objects.checkFromIndexSize(byteOffset, byteSize(elementCount), source.byteSize());
        Objects.checkFromIndexSize(targetOffset, elementCount, target.length);
        decoder.decode(source, byteOffset, target, targetOffset, elementCount);
    }
}
