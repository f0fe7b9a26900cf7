import Glibc

/// Files that only their owner reads: written beside their place and renamed, never half there.
package enum PrivateFile {
    /// Replaces what is at `path`; leaves it as it was where it throws.
    package static func write(_ bytes: [UInt8], to path: String) throws(CertificateError) {
        let temporary = path + ".new"
        // What an interrupted run left; O_EXCL below then finds no link that leads elsewhere.
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system("create '\(temporary)'") }
        do throws(CertificateError) {
            defer { close(descriptor) }
            var written = 0
            while written < bytes.count {
                let count = Glibc.write(descriptor, Array(bytes[written...]), bytes.count - written)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { throw CertificateError.system("write '\(temporary)'") }
                written += count
            }
            guard fsync(descriptor) == 0 else { throw CertificateError.system("save '\(temporary)'") }
            guard rename(temporary, path) == 0 else { throw CertificateError.system("create '\(path)'") }
        } catch {
            unlink(temporary)
            throw error
        }
    }
}
