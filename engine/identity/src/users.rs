//! People's accounts, which are the platform's and may be members of several tenants.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, PgPool, Row};
use tessera_error::{Error, Result, UserError};
use tessera_postgres::database;
use tessera_schema::email_address;
use tessera_schema::ident::UserId;
use tessera_schema::violation::Pointer;
use uuid::Uuid;

use super::member::{self, User};
use super::secret::Secret;
use super::validation::Checks;
use super::{Identity, roles, tenants};

/// A member to be made from the command line.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The tenant's slug.
    pub tenant: String,
    pub email: String,
    pub name: String,
    /// The api name of one of the tenant's roles.
    pub role: String,
    /// Needed for a new address. An account that exists keeps its own: if one is given it must be that.
    pub password: Option<Secret>,
}

/// An account with what it takes to sign in to it.
pub(super) struct Account {
    pub(super) user: User,
    pub(super) password_hash: String,
    pub(super) disabled: bool,
}

impl Account {
    /// # Errors
    /// [`UserError::AccountDisabled`] where an operator lets the person in no more.
    pub(super) const fn must_be_enabled(&self) -> Result<(), UserError> {
        if self.disabled {
            Err(UserError::AccountDisabled)
        } else {
            Ok(())
        }
    }
}

/// Tells one password of an account from another, and nothing else of it.
pub(super) fn fingerprint(account: &Account) -> String {
    const BYTES: usize = 9;
    let hash = digest::digest(&digest::SHA256, account.password_hash.as_bytes());
    URL_SAFE_NO_PAD.encode(&hash.as_ref()[..BYTES])
}

/// The account with an address. The address may be any text a client sent.
pub(super) async fn find(pool: &PgPool, email: &str) -> Result<Option<Account>> {
    let Some(address) = email_address::canonical(email) else {
        return Ok(None);
    };
    let account = sqlx::query_as(
        "select id, email, name, password_hash, disabled_at is not null as disabled from platform.users where email = $1 and kind = 'person'",
    )
    .bind(address)
    .fetch_optional(pool)
    .await?;
    Ok(account)
}

pub(super) async fn find_by_id(pool: &PgPool, id: UserId) -> Result<Option<Account>> {
    let account =
        sqlx::query_as("select id, email, name, password_hash, disabled_at is not null as disabled from platform.users where id = $1")
            .bind(id.0)
            .fetch_optional(pool)
            .await?;
    Ok(account)
}

impl FromRow<'_, PgRow> for Account {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            user: User {
                id: UserId(row.try_get("id")?),
                email: row.try_get("email")?,
                name: row.try_get("name")?,
            },
            password_hash: row.try_get("password_hash")?,
            disabled: row.try_get("disabled")?,
        })
    }
}

/// Makes an account; a [`UserError::Conflict`] where somebody has just made one with that address.
pub(super) async fn insert(connection: &mut PgConnection, account: &Account) -> Result<()> {
    let inserted = sqlx::query(
        "insert into platform.users (id, email, name, password_hash) values ($1, $2, $3, $4) \
         on conflict (email) do nothing",
    )
    .bind(account.user.id.0)
    .bind(&account.user.email)
    .bind(&account.user.name)
    .bind(&account.password_hash)
    .execute(connection)
    .await?;
    if inserted.rows_affected() == 0 {
        return Err(email_taken().into());
    }
    Ok(())
}

pub(super) fn email_taken() -> UserError {
    UserError::conflict(
        Pointer::root().key("email"),
        "unique",
        "somebody with this e-mail address has an account already",
    )
}

pub(super) fn member_already() -> UserError {
    UserError::conflict(
        Pointer::root().key("email"),
        "unique",
        "this person is a member of the tenant already",
    )
}

impl Identity {
    /// Makes a member of a tenant, with a new account or the one the address has.
    pub async fn create_user(&self, new: NewUser) -> Result<User> {
        let mut checks = Checks::default();
        let email = checks.email("email", &new.email);
        checks.name("name", &new.name);
        if let Some(password) = &new.password {
            checks.new_password("password", password);
        }
        let existing = find(&self.pool, &email).await?;
        if existing.is_none() && new.password.is_none() {
            checks.required("password");
        }
        checks.finish()?;

        let (user, account) = match (existing, &new.password) {
            (Some(account), None) => (account.user, None),
            (Some(account), Some(password)) => {
                let stored = Some(account.password_hash.as_str());
                if !self.passwords.verify(password, stored).await? {
                    return Err(email_taken().into());
                }
                (account.user, None)
            }
            (None, password) => {
                let password = password.as_ref().expect("checked above to be there");
                let account = self.new_account(email, new.name, password).await?;
                (account.user.clone(), Some(account))
            }
        };

        let tenant = tenants::find(&self.pool, &new.tenant)
            .await?
            .ok_or(UserError::NotFound { what: "tenant" })?;
        let mut transaction = database::begin_for(&self.pool, tenant.id).await?;
        let roles = roles::find_all(&mut transaction, tenant.id, &[new.role]).await;
        let roles = roles.map_err(|error| match error {
            Error::User(_) => UserError::NotFound { what: "role" }.into(),
            error @ Error::Internal(_) => error,
        })?;
        let roles = roles::ids(&roles);
        if let Some(account) = &account {
            insert(&mut transaction, account).await?;
        }
        if !member::admit(&mut transaction, &tenant, &user, &roles).await? {
            return Err(member_already().into());
        }
        transaction.commit().await?;
        Ok(user)
    }

    /// An account that is not stored yet.
    pub(super) async fn new_account(
        &self,
        email: String,
        name: String,
        password: &Secret,
    ) -> Result<Account> {
        Ok(Account {
            password_hash: self.passwords.hash(password).await?,
            disabled: false,
            user: User {
                id: UserId(Uuid::now_v7()),
                email,
                name,
            },
        })
    }
}
