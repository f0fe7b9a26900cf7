import Glibc
import NIOSSL
import Synchronization

/// A TLS context that follows its files: a renewed certificate counts for the next connection, without a restart.
///
/// What cannot be used, such as a certificate whose key is not there yet, or one that has expired, does not take the
/// place of one that works.
final class RenewableContext: Sendable {
    private struct Known {
        var stamps: [FileStamp]
        var context: NIOSSLContext
    }

    private let certificates: WireCertificates
    private let make: @Sendable (WireCertificates) throws(WireError) -> NIOSSLContext
    private let known = Mutex<Known?>(nil)

    /// Reads nothing yet.
    init(
        _ certificates: WireCertificates,
        _ make: @escaping @Sendable (WireCertificates) throws(WireError) -> NIOSSLContext
    ) {
        self.certificates = certificates
        self.make = make
    }

    /// - Throws: where the files have never been usable.
    func current() throws(WireError) -> NIOSSLContext {
        let stamps = [certificates.authority, certificates.certificate, certificates.key].map(FileStamp.init)
        let last = known.withLock { $0 }
        if let last, last.stamps == stamps { return last.context }
        if let last, hasExpired { return last.context }
        do throws(WireError) {
            let fresh = try make(certificates)
            known.withLock { $0 = Known(stamps: stamps, context: fresh) }
            return fresh
        } catch {
            guard let last else { throw error }
            return last.context
        }
    }

    private var hasExpired: Bool {
        guard let chain = try? NIOSSLCertificate.fromPEMFile(certificates.certificate) else { return true }
        return chain.contains { $0.notValidAfter < time(nil) }
    }
}
