package io.quern;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;

/** Damages good files at random: a reader may accept the result or throw {@link QuernException}, and nothing else. */
public final class FileFuzz {
    private FileFuzz() {}

    /**
     * Tries a number of damaged copies of a file.
     *
     * @param headerBytes most damage is done to that many first bytes
     * @param scratch the file to write the copies to
     * @return how many copies were refused
     */
    public static int damage(
            byte[] good, int headerBytes, Path scratch, long seed, int copies, Consumer<Path> reader) {
        int refused = 0;
        for (int i = 0; i < copies; i++) {
            byte[] bad = damaged(good, headerBytes, new Random(seed + i));
            try {
                Files.write(scratch, bad);
                reader.accept(scratch);
            } catch (QuernException e) {
                refused++;
            } catch (IOException | RuntimeException | Error e) {
                throw new AssertionError("damaged copy with seed " + (seed + i), e);
            }
        }
        return refused;
    }

    private static byte[] damaged(byte[] good, int headerBytes, Random random) {
        byte[] bad = good.clone();
        int kind = random.nextInt(6);
        int changes = kind == 5 ? 0 : 1 + random.nextInt(1 + random.nextInt(8));
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(Math.min(headerBytes, bad.length));
            switch (kind) {
                case 0 -> bad[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bad[at] = (byte) random.nextInt();
                case 2 -> bad[at] = (byte) (random.nextBoolean() ? 0xFF : 0);
                case 3 -> Arrays.fill(bad, at, Math.min(bad.length, at + 8), (byte) (random.nextBoolean()
                        ? 0xFF
                        : 0x7F));
                default -> {
                    int from = random.nextInt(Math.min(headerBytes, bad.length));
                    int count = Math.min(1 + random.nextInt(32), bad.length - Math.max(at, from));
                    System.arraycopy(good, from, bad, at, count);
                }
            }
        }
        return kind == 5 || random.nextInt(4) == 0 ? Arrays.copyOf(bad, random.nextInt(bad.length + 1)) : bad;
    }
}
