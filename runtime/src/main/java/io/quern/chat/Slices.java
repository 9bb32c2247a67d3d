package io.quern.chat;

import java.util.ArrayList;
import java.util.List;

/** {@code value[from:to:step]} with Python's rules for negative and missing bounds. */
final class Slices {
    private Slices() {}

    static Object slice(Object value, Object from, Object to, Object step, Budget budget) {
        long stride = bound(step, 1);
        if (stride == 0) {
            throw new TemplateError("slice step cannot be zero");
        }
        return switch (value) {
            case String text -> text(text, from, to, stride, budget);
            case List<?> list -> {
                int[] indices = indices(list.size(), from, to, stride, budget);
                List<Object> part = new ArrayList<>(indices.length);
                for (int index : indices) {
                    part.add(list.get(index));
                }
                yield list instanceof PythonList special ? new PythonList(special.kind(), part) : part;
            }
            case Undefined undefined -> throw undefined.error();
            case null, default ->
                throw new TemplateError("'" + Values.typeName(value) + "' object is not subscriptable");
        };
    }

    private static String text(String text, Object from, Object to, long stride, Budget budget) {
        budget.text(text.length());
        int length = text.codePointCount(0, text.length());
        if (stride == 1) {
            int start = (int) clamp(bound(from, 0), length, 0, length);
            int end = (int) clamp(bound(to, length), length, 0, length);
            if (start >= end) {
                return "";
            }
            int startOffset = text.offsetByCodePoints(0, start);
            return text.substring(startOffset, text.offsetByCodePoints(startOffset, end - start));
        }
        int[] characters = text.codePoints().toArray();
        StringBuilder part = new StringBuilder();
        for (int index : indices(length, from, to, stride, budget)) {
            part.appendCodePoint(characters[index]);
        }
        return part.toString();
    }

    private static int[] indices(int length, Object from, Object to, long stride, Budget budget) {
        boolean forward = stride > 0;
        long low = forward ? 0 : -1;
        long high = forward ? length : length - 1;
        long start = from == null ? forward ? 0 : high : clamp(bound(from, 0), length, low, high);
        long end = to == null ? forward ? high : -1 : clamp(bound(to, 0), length, low, high);
        long span = forward ? end - start : start - end;
        long step = Math.min(Math.abs(Math.max(stride, -Long.MAX_VALUE)), Integer.MAX_VALUE);
        int count = span <= 0 ? 0 : (int) ((span + step - 1) / step);
        budget.elements(count);
        int[] indices = new int[count];
        for (int i = 0; i < count; i++) {
            indices[i] = (int) (start + (forward ? i * step : -i * step));
        }
        return indices;
    }

    private static long clamp(long index, int length, long low, long high) {
        return Math.clamp(index < 0 ? index + length : index, low, Math.max(low, high));
    }

    private static long bound(Object value, long otherwise) {
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Undefined undefined) {
            throw undefined.error();
        }
        Long number = Operators.integer(value);
        if (number == null) {
            throw new TemplateError("slice indices must be integers or None, found " + Values.typeName(value));
        }
        return number;
    }
}
