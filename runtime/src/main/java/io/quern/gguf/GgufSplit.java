package io.quern.gguf;

import io.quern.QuernException;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a model is split over files {@code <prefix>-00001-of-00003.gguf} (formats.md E.3).
 *
 * @param count parts; 1 if the model is not split
 * @param tensorCount of all parts, or -1 if the file does not say
 */
record GgufSplit(Path first, String prefix, int count, long tensorCount) {
    private static final Pattern NAME = Pattern.compile("(.*)-(\\d{5})-of-(\\d{5})\\.gguf");
    private static final int MAX_PARTS = 99_999;

    /** What the metadata of the file that was asked for says. */
    static GgufSplit of(Map<String, Object> metadata, Path path) {
        long count = number(metadata, "split.count", 1, path);
        if (count <= 1) {
            return new GgufSplit(path, "", 1, -1);
        }
        Matcher name = NAME.matcher(path.getFileName().toString());
        if (count > MAX_PARTS || !name.matches() || Integer.parseInt(name.group(3)) != count) {
            throw new QuernException(path + ": key 'split.count' is " + count
                    + ", so the file's name should end in \"-00001-of-%05d.gguf\"".formatted(count));
        }
        GgufSplit split = new GgufSplit(path, name.group(1), (int) count, number(metadata, "split.tensors.count", -1,
                path));
        long index = number(metadata, "split.no", -1, path);
        if (index != 0 || Integer.parseInt(name.group(2)) != 1) {
            throw new QuernException(path + ": this is not the first of " + count + " parts: open "
                    + split.part(0).getFileName() + " (key 'split.no' is " + index + ", expected 0)");
        }
        return split;
    }

    /** The file of a part, the first is 0. */
    Path part(int index) {
        return first.resolveSibling("%s-%05d-of-%05d.gguf".formatted(prefix, index + 1, count));
    }

    void checkPart(int index, Map<String, Object> metadata) {
        long found = number(metadata, "split.no", -1, part(index));
        if (found != index) {
            throw new QuernException(part(index) + ": key 'split.no' is " + found + ", expected " + index);
        }
    }

    void checkTensorCount(long found) {
        if (tensorCount >= 0 && found != tensorCount) {
            throw new QuernException(
                    first + ": key 'split.tensors.count' is " + tensorCount + ", but the parts have " + found);
        }
    }

    private static long number(Map<String, Object> metadata, String key, long absent, Path path) {
        return switch (metadata.get(key)) {
            case null -> absent;
            case Long value -> value;
            default -> throw new QuernException(path + ": key '" + key + "' is not an integer");
        };
    }
}
