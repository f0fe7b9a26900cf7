#include <openssl/ssl.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

/* Certificates. */

/* EVP_EC_gen is a macro over a function with a variable number of arguments. */
static inline EVP_PKEY *copenssl_generate_p256(void) { return EVP_EC_gen("P-256"); }

/* Gives a certificate a random positive serial number of 127 bits (RFC 5280, 4.1.2.2). */
static inline int copenssl_random_serial(X509 *certificate) {
    BIGNUM *number = BN_new();
    int done = number && BN_rand(number, 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) &&
               BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != NULL;
    BN_free(number);
    return done;
}

/* Adds an extension given in OpenSSL's own notation; X509V3_set_ctx_nodb is a macro. */
static inline int copenssl_add_extension(X509 *certificate, X509 *issuer, const char *name, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_nconf(NULL, &context, name, value);
    if (!extension) return 0;
    int done = X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    return done;
}
