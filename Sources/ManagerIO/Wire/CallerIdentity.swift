import AdminProtocol
import Manager
import NIOCore
import NIOSSL

/// Who is at the other end, from its verified certificate.
enum CallerIdentity {
    /// - Throws: `Refusal` with `badCertificate` where the subject names nobody or no known role.
    static func caller(of context: ChannelHandlerContext) throws(Refusal) -> Caller {
        let der: [UInt8]
        do {
            guard let certificate = try context.pipeline.syncOperations.nioSSL_peerCertificate() else {
                throw Refusal(.badCertificate, "the client showed no certificate")
            }
            der = try certificate.toDERBytes()
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw Refusal(.badCertificate, "the client's certificate cannot be read: \(error)")
        }
        return try caller(certificate: der, address: peerName(context.channel))
    }

    static func caller(certificate der: [UInt8], address: String) throws(Refusal) -> Caller {
        guard let subject = CertificateSubject(certificate: der), let name = subject.commonNames.first,
            subject.commonNames.count == 1, !name.isEmpty
        else { throw Refusal(.badCertificate, "the certificate's subject must have one common name (CN)") }
        let roles = AccessRole.allCases.map(\.rawValue).joined(separator: ", ")
        guard let unit = subject.organizationalUnits.first, subject.organizationalUnits.count == 1,
            let role = AccessRole(rawValue: unit)
        else {
            throw Refusal(
                .badCertificate,
                "the certificate of '\(name)' must have one organizational unit (OU): \(roles)")
        }
        return Caller(name: name, role: role, address: address)
    }
}
