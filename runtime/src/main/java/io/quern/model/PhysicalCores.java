package io.quern.model;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** How many cores there are to compute on: two threads of one core share its multipliers and gain nothing. */
final class PhysicalCores {
    private PhysicalCores() {}

    /**
     * Physical cores, at most as many as the process may use ({@code availableProcessors} knows cgroups and
     * affinity).
     */
    static int count() {
        int available = Runtime.getRuntime().availableProcessors();
        int physical = count(Path.of("/sys/devices/system/cpu"));
        return physical == 0 ? available : Math.min(physical, available);
    }

    /** Distinct sets of sibling threads in the folder that Linux keeps; 0 if there is none to read. */
    static int count(Path cpus) {
        Set<String> cores = new HashSet<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(cpus, "cpu[0-9]*")) {
            for (Path folder : folders) {
                Path siblings = folder.resolve("topology/thread_siblings_list");
                if (Files.isReadable(siblings)) {
                    cores.add(Files.readString(siblings).strip());
                }
            }
        } catch (IOException e) {
            return 0; // not Linux, or no /sys: the number of processors will do
        }
        return cores.size();
    }
}
