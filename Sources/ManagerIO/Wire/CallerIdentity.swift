import AdminProtocol
import ClusterModel
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

    /// Whether the manager of `host` is at the other end.
    ///
    /// NIO's own check accepts a certificate that carries the address instead of the name: here the name is asked for,
    /// and that it is a manager's.
    static func check(_ context: ChannelHandlerContext, isManagerOf host: HostName) throws(Refusal) {
        let found = try caller(of: context)
        guard found.name == host.description, found.role == .manager else {
            throw Refusal(
                .badCertificate,
                "the certificate there is of '\(found.name)' (\(found.role)), not of the manager of \(host)")
        }
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
