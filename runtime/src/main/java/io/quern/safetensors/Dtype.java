package io.quern.safetensors;

import io.quern.kernels.TensorType;

/** Element types of safetensors files, all that the format's reference reader knows (formats.md A.2). */
enum Dtype {
    BOOL(8),
    U8(8),
    I8(8, TensorType.I8),
    F8_E4M3(8),
    F8_E5M2(8),
    F8_E8M0(8),
    F8_E4M3FNUZ(8),
    F8_E5M2FNUZ(8),
    F4(4),
    F6_E2M3(6),
    F6_E3M2(6),
    I16(16, TensorType.I16),
    U16(16),
    F16(16, TensorType.F16),
    BF16(16, TensorType.BF16),
    I32(32, TensorType.I32),
    U32(32),
    F32(32, TensorType.F32),
    I64(64, TensorType.I64),
    U64(64),
    F64(64, TensorType.F64),
    C64(64);

    private final int bits;
    private final TensorType type;

    Dtype(int bits) {
        this(bits, null);
    }

    Dtype(int bits, TensorType type) {
        this.bits = bits;
        this.type = type;
    }

    /** Bits of an element. */
    int bits() {
        return bits;
    }

    /** The same type by the kernels' name, or null if they have none. */
    TensorType type() {
        return type;
    }

    /** The constant of that exact name, or null. */
    static Dtype named(String name) {
        for (Dtype dtype : values()) {
            if (dtype.name().equals(name)) {
                return dtype;
            }
        }
        return null;
    }
}
