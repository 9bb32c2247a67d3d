package io.quern.sampling;

import java.util.List;

/**
 * Watches streamed text for strings that end it. Text that may be the beginning of one is held back until more text
 * tells. The result does not depend on how the text is cut into pieces: the string that is complete first ends the
 * text, and of those complete at the same character the longest.
 */
public final class StopStrings {
    private final String[] stops;
    private final int longest;
    private final StringBuilder held = new StringBuilder();
    private String found;

    /**
     * A watch for any of these; none is fine.
     *
     * @throws IllegalArgumentException if one is empty
     */
    public StopStrings(List<String> stops) {
        this.stops = stops.toArray(String[]::new);
        int length = 0;
        for (String stop : this.stops) {
            if (stop.isEmpty()) {
                throw new IllegalArgumentException("a stop string is empty");
            }
            length = Math.max(length, stop.length());
        }
        this.longest = length;
    }

    /**
     * Takes the next piece of text and returns what can be shown now: nothing of a stop string, nothing after it. After
     * one is complete, always the empty string.
     */
    public String accept(String piece) {
        if (found != null || stops.length == 0) {
            return found != null ? "" : piece;
        }
        for (int i = 0; i < piece.length(); i++) {
            held.append(piece.charAt(i));
            String stop = completed();
            if (stop != null) {
                found = stop;
                held.setLength(held.length() - stop.length());
                return take(held.length());
            }
        }
        return take(held.length() - possibleBeginning());
    }

    /** Whether a stop string was complete; the generation ends. */
    public boolean stopped() {
        return found != null;
    }

    /** The stop string that was complete, or null. */
    public String found() {
        return found;
    }

    /** The text held back, now that no more comes. */
    public String finish() {
        return take(held.length());
    }

    private String take(int length) {
        String text = held.substring(0, length);
        held.delete(0, length);
        return text;
    }

    /** The longest stop string that the held text ends with, or null. */
    private String completed() {
        String best = null;
        for (String stop : stops) {
            if ((best == null || stop.length() > best.length()) && endsWith(stop, stop.length())) {
                best = stop;
            }
        }
        return best;
    }

    /** How many characters at the end of the held text begin a stop string. */
    private int possibleBeginning() {
        for (int length = Math.min(longest - 1, held.length()); length > 0; length--) {
            for (String stop : stops) {
                if (stop.length() > length && endsWith(stop, length)) {
                    return length;
                }
            }
        }
        return 0;
    }

    /** Whether the held text ends with the first {@code length} characters of a stop string. */
    private boolean endsWith(String stop, int length) {
        int start = held.length() - length;
        if (start < 0) {
            return false;
        }
        for (int i = length - 1; i >= 0; i--) {
            if (held.charAt(start + i) != stop.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
